// Runs a real Redis without persistence. A test can stop it, freeze it and start it again on the same port.
import type { ChildProcess } from "node:child_process";
import { accepting, end, freePort, freeze, start } from "./process.ts";

export interface RedisServer {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Makes the server keep its connections open but answer nothing, like a machine whose cable was cut. */
  freeze(): Promise<void>;
  thaw(): void;
}

/**
 * The options of a Redis server. With `tls` the server accepts only TLS, and only clients with a certificate of the
 * authority `ca`.
 */
export interface RedisServerOptions {
  readonly password?: string;
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

export async function startRedis({ password, tls }: RedisServerOptions = {}): Promise<RedisServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const args = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  if (password !== undefined) args.push("--requirepass", password);
  if (tls === undefined) args.push("--port", `${port}`);
  else {
    args.push("--port", "0", "--tls-port", `${port}`, "--tls-ca-cert-file", tls.ca);
    args.push("--tls-cert-file", tls.cert, "--tls-key-file", tls.key);
  }
  const server: RedisServer = {
    url: `${tls === undefined ? "redis" : "rediss"}://${password === undefined ? "" : `:${password}@`}127.0.0.1:${port}`,
    async start() {
      const started = start("redis-server", args);
      child = started;
      await accepting(port, started);
    },
    freeze: async () => child && (await freeze(child)),
    thaw: () => void child?.kill("SIGCONT"),
    async stop() {
      if (child !== undefined) await end(child);
    },
  };
  await server.start();
  return server;
}
