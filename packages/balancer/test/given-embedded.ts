// Starts a balancer inside the test's process. The servers behind it are made by `givenOrigin` (given.ts).
import {
  type Balancer,
  type BalancerOptions,
  createBalancer,
  type Embedding,
  type ProgramFault,
} from "../src/index.ts";
import { CHECKED_ONCE, givenOrigin, type Origin } from "./given.ts";

/**
 * Returns options with one frontend, and with one backend for each key of `ports`. Each backend has the key as its name
 * and one server, on that port.
 */
export function options(
  ports: Readonly<Record<string, number>>,
  check: object = CHECKED_ONCE,
): BalancerOptions {
  const [first = ""] = Object.keys(ports);
  const backends = Object.entries(ports).map(([name, port]) => [
    name,
    { servers: { s1: { address: `127.0.0.1:${port}` } }, check },
  ]);
  return {
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: first }] } },
    backends: Object.fromEntries(backends),
  };
}

export interface EmbeddedBalancer extends AsyncDisposable {
  readonly balancer: Balancer;
  readonly port: number;
  readonly faults: readonly ProgramFault[];
  /** A line for each request that ended, with its method, path, status and termination state: `GET /path 200 ----`. */
  readonly endings: readonly string[];
}

/** Returns a started balancer whose faults and access records are collected. */
export async function givenEmbedded(
  port: number | Readonly<Record<string, number>>,
  embedding: Embedding = {},
): Promise<EmbeddedBalancer> {
  const balancer = createBalancer(
    options(typeof port === "number" ? { app: port } : port),
    embedding,
  );
  const faults: ProgramFault[] = [];
  const endings: string[] = [];
  balancer.on("hookError", (fault) => void faults.push(fault));
  balancer.on("exchange", ({ method, target, status, termination }) => {
    endings.push(`${method} ${target} ${status} ${termination}`);
  });
  await balancer.start();
  return {
    balancer,
    port: balancer.port(),
    faults,
    endings,
    [Symbol.asyncDispose]: () => balancer.close(),
  };
}

/** Starts a server that answers "hello". */
export const hello = (): Promise<Origin> => givenOrigin((_, response) => response.end("hello"));
