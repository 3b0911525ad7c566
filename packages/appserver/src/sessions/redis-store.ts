// Sessions in Redis: faster than a table and gone by themselves when they expire. A command fails at
// once while Redis is away; the connection is tried again for ever.
import type { FastifyBaseLogger } from "fastify";
import { Redis } from "ioredis";
import type { SessionRecords } from "./store.ts";

const PREFIX = "tandem:session:";
const CONNECT_TIMEOUT_MS = 2000;
const COMMAND_TIMEOUT_MS = 1000;
const LONGEST_RETRY_MS = 2000;

export function redisRecords(url: string, logger: FastifyBaseLogger): SessionRecords {
  const redis = new Redis(url, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    // Waiting in memory for Redis to come back would make every page as slow as the outage is long.
    enableOfflineQueue: false,
    retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_RETRY_MS),
  });
  // Without a listener an error event ends the process; the store says it once per outage.
  redis.on("error", (error: Error) => logger.debug({ err: error }, "redis connection"));
  return {
    async read(key) {
      return (await redis.get(PREFIX + key)) ?? undefined;
    },
    async write(key, value, expires, now) {
      await redis.set(PREFIX + key, value, "PX", Math.max(1, Math.round(expires - now)));
    },
    async remove(key) {
      await redis.del(PREFIX + key);
    },
    purge: () => Promise.resolve(0),
    close() {
      redis.disconnect();
      return Promise.resolve();
    },
  };
}
