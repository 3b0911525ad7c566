// A real Redis without persistence, that can be stopped and started again on the same port.
import type { ChildProcess } from "node:child_process";
import { accepting, end, freePort, start } from "./process.ts";

export interface RedisServer {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
      const started = start("redis-server", args);
      child = started;
      await accepting(port, started);
    },
    async stop() {
      if (child !== undefined) await end(child);
    },
  };
  await server.start();
  return server;
}
