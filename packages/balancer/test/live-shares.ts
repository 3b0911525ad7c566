// Measures how a running balancer shares requests: with real sockets, real data threads, and servers that take a given
// time. Used by tests that compare the shares with the simulator's result for the same scenario.
import type { ConfigInput } from "@tandem/config";
import { givenOrigin } from "./given.ts";
import { givenCrowd, givenReloadable } from "./given-reloadable.ts";

type Backend = NonNullable<ConfigInput["balancer"]>["backends"][string];

export interface SharesScenario {
  /** The weights of the servers, by name. */
  readonly weights: Readonly<Record<string, number>>;
  readonly balance: NonNullable<Backend["balance"]>;
  readonly requests: number;
  /**
   * The number of clients in a closed loop: each client sends its next request as soon as it has the answer to the
   * last.
   */
  readonly clients: number;
  /** How long a server takes for a request. A server can serve any number of requests at once. */
  readonly serviceMs: number;
  /** The number N of paths, which are `/0` … `/N-1` in turn, for algorithms that hash them; 1 when absent. */
  readonly paths?: number;
  readonly threads?: number;
}

/** Returns the share of the requests that each server got, by name. Rejects when a request fails. */
export async function liveShares(
  scenario: SharesScenario,
): Promise<Readonly<Record<string, number>>> {
  const { weights, balance, requests, clients, serviceMs, paths = 1, threads = 1 } = scenario;
  await using stack = new AsyncDisposableStack();
  const counts = new Map<string, number>();
  const servers: Backend["servers"] = {};
  for (const [name, weight] of Object.entries(weights)) {
    const origin = await givenOrigin((_, response) => {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      setTimeout(() => response.end(name), serviceMs);
    });
    stack.use(origin);
    servers[name] = { address: `127.0.0.1:${origin.port}`, weight };
  }
  // The servers, the clients and the balancer keep one machine busy, so checks get long timeouts.
  const check = { interval: "10s", timeout: "10s", fall: 10 };
  const balancer = stack.use(
    await givenReloadable({
      threads,
      frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "web" }] } },
      backends: { web: { servers, balance, check } },
    }),
  );
  const crowd = givenCrowd(balancer.plane.ports.front ?? 0, clients, inTurn(requests, paths));
  await crowd.ended();
  if (crowd.answered !== requests)
    throw new Error(`${crowd.answered} of ${requests} answered: ${crowd.failures[0]}`);
  return Object.fromEntries(
    Object.keys(weights).map((name) => [name, (counts.get(name) ?? 0) / requests]),
  );
}

function* inTurn(requests: number, paths: number): Generator<string> {
  for (let i = 0; i < requests; i++) yield `/${i % paths}`;
}
