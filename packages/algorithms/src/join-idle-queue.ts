// Join-idle-queue (Lu et al., "Join-Idle-Queue: a novel load balancing algorithm for dynamically
// scalable web services", 2011). A server that becomes idle joins the queue of this balancer. A
// request goes to the first server of the queue, without comparing loads. A pick is O(1). When the
// queue is empty, servers are drawn at random. A server joins when it reports 0 requests in flight,
// or, with `joinOnEnd`, when its last request through this balancer ends. (In the paper a server
// reports to one of many balancers.) A queued server may get a request from another thread, or by a
// random draw. Then the server is no longer idle, so the pick skips it.
import { isCandidate } from "./candidate.ts";
import { draws } from "./common-options.ts";
import { defineAlgorithm, PLAIN } from "./define.ts";
import { IdleQueue } from "./idle-queue.ts";
import type { Inspection } from "./inspection.ts";
import { FLAG, tuning } from "./options.ts";
import type {
  LoadReport,
  Outcome,
  PickContext,
  Picker,
  PickerEnvironment,
  PickServer,
} from "./picker.ts";
import { Random } from "./random.ts";
import type { PickReason } from "./reason.ts";
import { ServerIndex } from "./server-index.ts";

interface Parameters {
  /**
   * How many servers are drawn by weight when no server is idle; the least loaded of them is
   * picked. The paper draws 1.
   */
  readonly draws: number;
  /**
   * Whether a server joins the queue when its last request through this balancer ends. If not, it
   * joins only when it reports 0 requests in flight.
   */
  readonly joinOnEnd: boolean;
}

class JoinIdleQueue<S extends PickServer> implements Picker<S> {
  readonly #joinOnEnd: boolean;
  readonly #rng: () => number;
  readonly #now: () => number;
  readonly #index = new ServerIndex<S>();
  readonly #standIn: Random<S>;
  #idle = new IdleQueue(0);
  why: PickReason = "none";

  constructor(environment: PickerEnvironment, { draws, joinOnEnd }: Parameters) {
    this.#rng = environment.rng;
    this.#now = environment.now;
    this.#joinOnEnd = joinOnEnd;
    this.#standIn = new Random(environment, { draws, failureMs: 0 });
  }

  /**
   * Takes a new list of servers. Servers that were in the queue keep their order. New idle servers
   * join behind them, in random order.
   */
  update(servers: readonly S[]): void {
    const before = this.#index.servers;
    const waiting = this.#idle.drain().map((index) => before[index]);
    const from = this.#index.update(servers, this.#now());
    const fresh = servers.filter((server, index) => from[index] === -1 && server.inFlight === 0);
    this.#idle = new IdleQueue(servers.length);
    for (const server of waiting) if (server !== undefined) this.#join(server);
    for (const server of shuffled(fresh, this.#rng)) this.#join(server);
    this.#standIn.update(servers);
  }

  pick(context: PickContext<S>): S | undefined {
    for (let index = this.#idle.take(); index >= 0; index = this.#idle.take()) {
      const server = this.#index.servers[index];
      if (server === undefined || server.inFlight > 0) continue;
      if (!isCandidate(server, context.tried)) continue;
      this.why = "first-choice";
      return server;
    }
    const server = this.#standIn.pick(context);
    this.why = server === undefined ? "none" : "fallback";
    return server;
  }

  /**
   * Lets the server join the queue when its last request has ended, unless that request failed.
   * Otherwise a server that fails every request at once would soon be idle again, and would get
   * most of the traffic.
   */
  ended(server: S, outcome: Outcome): void {
    const failed = outcome === "failed" || outcome === "timeout";
    if (this.#joinOnEnd && !failed && server.inFlight === 0) this.#join(server);
  }

  report(server: S, { inFlight }: LoadReport): void {
    if (inFlight === 0) this.#join(server);
  }

  inspect(): Inspection {
    const { servers } = this.#index;
    return { kind: "queue", servers: this.#idle.list().map((at) => servers[at]?.name ?? "") };
  }

  #join(server: S): void {
    const index = this.#index.of(server);
    if (index >= 0) this.#idle.join(index);
  }
}

function shuffled<T>(list: readonly T[], rng: () => number): T[] {
  return list
    .map((item) => ({ item, at: rng() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

export const joinIdleQueue = defineAlgorithm({
  title: "Join the idle queue",
  idea: "Servers that become idle queue up; a request goes to the first of the queue, without comparing loads.",
  paper: "Lu et al., Join-Idle-Queue (2011)",
  href: "https://doi.org/10.1016/j.peva.2011.07.015",
  traits: { ...PLAIN, slowStart: false, reports: true },
  options: {
    draws: draws(1),
    joinOnEnd: tuning("joinOnEnd", FLAG, {
      default: true,
      meaning: "a server joins when its last request ends",
    }),
  },
  picker: JoinIdleQueue,
});
