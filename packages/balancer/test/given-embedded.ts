// A balancer that is embedded in the test's process, with origins of given.ts as its servers.
import {
  type Balancer,
  type BalancerOptions,
  createBalancer,
  type Embedding,
  type ProgramFault,
} from "../src/index.ts";
import { CHECKED_ONCE, givenOrigin, type Origin } from "./given.ts";

/** Options with one frontend, and backends with one server each, named like the keys of `ports`. */
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
  /** `GET /path 200 ----` for each request that ended. */
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

/** An origin that answers with "hello". */
export const hello = (): Promise<Origin> => givenOrigin((_, response) => response.end("hello"));
