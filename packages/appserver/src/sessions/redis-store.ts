// Stores sessions in Redis. Redis is faster than a database table, and deletes expired sessions by itself. While Redis
// is unreachable, a command fails at once. A connection on which nothing arrives for SILENCE_MS is closed. Otherwise
// every page would wait on this connection until TCP gives up after minutes. New connections are tried so frequently
// that sessions work again within a second after Redis is back.
import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import type { AppserverConfig } from "@tandem/config";
import type { FastifyBaseLogger } from "fastify";
import { Redis, type RedisOptions } from "ioredis";
import type { Dependency } from "../readiness.ts";
import type { SessionRecords } from "./store.ts";

const PREFIX = "tandem:session:";
const SILENCE_MS = 600;
const CONNECT_MS = 600;
const RETRY_MS = 200;

export type RedisConfig = NonNullable<AppserverConfig["sessions"]["redis"]>;

export function redisRecords(config: RedisConfig, logger: FastifyBaseLogger): SessionRecords {
  const redis = new Redis(redisUrl(config), {
    ...tlsOf(config),
    connectTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    // The time limit of a command is a little longer than the time for which the socket may be
    // silent. So a silent connection is closed before the command reaches its own limit, and the
    // close makes the command fail.
    commandTimeout: SILENCE_MS + 100,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: RETRY_MS,
    // Commands are not queued while Redis is away. A queue would delay every page until Redis is back.
    enableOfflineQueue: false,
    retryStrategy: () => RETRY_MS,
  });
  let said: string | undefined;
  // Without a listener, an error event ends the process. Only the error's message is logged, because the error may
  // hold the password as the argument of AUTH. A message that is repeated is logged only once.
  redis.on("error", ({ message }: Error) => {
    if (message !== said) logger.warn({ reason: message }, "redis connection");
    said = message;
  });
  redis.on("ready", () => {
    said = undefined;
  });
  const dependency: Dependency = {
    ...{
      kind: "sessions",
      where: `redis://${redis.options.host}:${redis.options.port}`,
      away: "warn",
    },
    async ask() {
      try {
        await redis.ping();
      } catch (error) {
        throw said === undefined ? error : new Error(said);
      }
    },
  };
  return {
    dependency,
    async read(key, now) {
      const [value, ttl] = await Promise.all([redis.get(PREFIX + key), redis.pttl(PREFIX + key)]);
      return value === null ? undefined : { value, expires: now + ttl };
    },
    async create(key, { value, expires }, now) {
      await redis.set(PREFIX + key, value, "PX", lifetime(expires, now));
    },
    async replace(key, { value, expires }, now) {
      await redis.set(PREFIX + key, value, "PX", lifetime(expires, now), "XX");
    },
    async touch(key, expires, now) {
      await redis.pexpire(PREFIX + key, lifetime(expires, now));
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

function lifetime(expires: number, now: number): number {
  return Math.max(1, Math.round(expires - now));
}

function redisUrl({ url, urlFile }: RedisConfig): string {
  if (urlFile === undefined) return url ?? "";
  const text = read("urlFile", urlFile).trim();
  if (/^rediss?:\/\/[^\s?#]+$/.test(text)) return text;
  throw new Error(
    `appserver.sessions.redis.urlFile: ${urlFile} holds no Redis URL; expected "redis://user:password@host:port" or "rediss://…" for TLS`,
  );
}

function tlsOf({ ca, cert, key }: RedisConfig): Pick<RedisOptions, "tls"> {
  const tls: ConnectionOptions = {
    ...(ca === undefined ? {} : { ca: read("ca", ca) }),
    ...(cert === undefined ? {} : { cert: read("cert", cert) }),
    ...(key === undefined ? {} : { key: read("key", key) }),
  };
  return Object.keys(tls).length === 0 ? {} : { tls };
}

function read(key: keyof RedisConfig, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`appserver.sessions.redis.${key}: cannot read ${file} (${code})`);
  }
}
