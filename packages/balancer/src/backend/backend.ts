// A backend at work in one thread. It has three parts: the choice of a server, the queues of waiting requests, and
// the pools of connections to the servers. A reload changes the backend in place, so that requests in flight and in
// the queue go on. A reload first makes a plan, which may fail, and then calls `adopt`, which must not fail.
import type { Picker } from "@tandem/algorithms";
import type { BackendConfig } from "@tandem/config";
import type { Clock, Deadlines, Rng } from "@tandem/transport";
import type { CustomAlgorithms } from "../balance/custom.ts";
import type { RequestKey } from "../balance/request-key.ts";
import { COUNTER, type CounterRow } from "../memory/counters.ts";
import type { BackendMemory } from "../memory/shared-memory.ts";
import { Tally } from "../memory/tally.ts";
import { Turns } from "../memory/turns.ts";
import type { ServerStream } from "../pool/server-stream.ts";
import type { Server } from "../server/server.ts";
import { configureServers } from "../server/servers.ts";
import { Choosing } from "./choosing.ts";
import { type BackendEnvironment, type BackendPlan, planBackend } from "./plan.ts";
import { Pools } from "./pools.ts";
import { RetryBudget } from "./retry-budget.ts";
import { Waiting } from "./waiting.ts";

/** How long a healthy server may need to notice that the balancer has ended a connection. */
const NOTICE_MS = 5;

export class Backend {
  readonly name: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly deadlines: Deadlines;
  readonly counters: CounterRow;
  readonly retryBudget: RetryBudget;
  readonly choosing: Choosing;
  readonly waiting: Waiting;
  readonly pools: Pools;
  readonly #environment: BackendEnvironment;
  #plan: BackendPlan;

  /** Throws when certificates cannot be read or a custom algorithm makes no picker. */
  constructor(
    name: string,
    config: BackendConfig,
    memory: BackendMemory,
    environment: BackendEnvironment,
    customs: CustomAlgorithms,
  ) {
    const { clock, rng, deadlines, thread } = environment;
    const { row } = new Tally(memory.counters, thread);
    this.name = name;
    this.clock = clock;
    this.rng = rng;
    this.deadlines = deadlines;
    this.counters = row;
    this.#environment = environment;
    const plan = planBackend(config, memory, customs, environment, undefined);
    this.#plan = plan;
    this.retryBudget = new RetryBudget(plan.servers.length);
    this.pools = new Pools(plan, environment);
    this.choosing = new Choosing(name, plan, memory, row, environment);
    const turnsOf = (server: Server | undefined, woken: () => void) =>
      new Turns((server ?? { memory }).memory.turns, thread, woken);
    this.waiting = new Waiting(this.choosing, plan, turnsOf, row, deadlines);
  }

  get config(): BackendConfig {
    return this.#plan.config;
  }

  get servers(): readonly Server[] {
    return this.#plan.servers;
  }

  /**
   * Returns the function that finds a request's key; undefined when the algorithm needs no key. Requests with the same
   * key go to the same server. Call that function before the head is edited, because the key is made from what the
   * client sent.
   */
  get keyOf(): RequestKey | undefined {
    return this.#plan.keyOf;
  }

  /**
   * Returns the picker if its algorithm learns from how requests go. The caller then tells the picker when each request
   * starts and ends. Undefined when the algorithm learns nothing from requests.
   */
  get learner(): Picker<Server> | undefined {
    return this.#plan.learner;
  }

  /** Returns how many requests of this thread are queued or given to a server. */
  get inFlight(): number {
    return this.counters[COUNTER.current] ?? 0;
  }

  /**
   * Prepares a reload and changes nothing. Throws when certificates cannot be read or a custom algorithm makes no
   * picker.
   */
  plan(config: BackendConfig, memory: BackendMemory, customs: CustomAlgorithms): BackendPlan {
    return planBackend(config, memory, customs, this.#environment, this.#plan);
  }

  /**
   * Replaces the current plan by `plan`, at once. A server that is not in the new plan gets no new requests, and its
   * requests in flight may take another `drainMs`.
   */
  adopt(plan: BackendPlan, drainMs: number): void {
    const samePicker = plan.picker === this.#plan.picker;
    this.#plan = plan;
    configureServers(plan.servers, plan.config, this.#environment.box);
    this.pools.adopt(plan, drainMs);
    this.retryBudget.servers = plan.servers.length;
    this.choosing.adopt(plan);
    this.waiting.adopt(plan, samePicker);
  }

  /**
   * Called when the host name `name`, which some servers have as their address, has resolved to other IP addresses.
   */
  readdress(name: string): void {
    this.pools.readdress(name);
    this.choosing.readdress(name);
  }

  /**
   * Ends a stream before the answer to its request is complete. If the stream is still open and the server has a
   * connection limit, the request counts as in flight for another NOTICE_MS. So the server has noticed the end of this
   * request before another request takes its place.
   */
  abandon(server: Server, stream: ServerStream): void {
    const ours = !stream.gone;
    stream.abandon();
    stream.release();
    if (ours && server.maxConnections > 0) {
      this.clock.after(NOTICE_MS, () => {
        server.end();
        this.waiting.advance();
      });
    } else server.end();
  }

  drain(): void {
    this.pools.drain();
  }

  stop(): void {
    this.waiting.close();
    this.choosing.stop();
    this.pools.stop();
  }
}
