// A backend at work in one thread: its servers, the algorithm that chooses among them, the queue for
// when all are full, and a pool of connections per server. A reload changes it in place, so that
// requests in flight and in the queue go on: first a plan, which may fail, then `adopt`, which may not.
import { isDeepStrictEqual } from "node:util";
import type { PickContext, Picker, PickReason } from "@tandem/algorithms";
import type { BackendConfig } from "@tandem/config";
import type { Fields } from "@tandem/http";
import type { Clock, Deadlines, Rng, Timer } from "@tandem/transport";
import type { CustomAlgorithms } from "../balance/custom.ts";
import type { Complain } from "../balance/guarded.ts";
import { LOAD_FIELD, parseLoadReport } from "../balance/load-report.ts";
import { openPicker } from "../balance/open-picker.ts";
import { Prober } from "../balance/prober.ts";
import { type RequestKey, requestKey } from "../balance/request-key.ts";
import { limitsConnections, warmth, weigh } from "../balance/weigh.ts";
import { slowStartLimit } from "../eligibility/slow-start.ts";
import { COUNTER, type CounterRow, REASON_COUNTERS } from "../memory/counters.ts";
import { BACKEND_GAUGE, type BackendMemory } from "../memory/shared-memory.ts";
import { Tally } from "../memory/tally.ts";
import { Turns } from "../memory/turns.ts";
import { Pool } from "../pool/pool.ts";
import { type Network, requestPool } from "../pool/server-pool.ts";
import type { ServerStream } from "../pool/server-stream.ts";
import type { Server } from "../server/server.ts";
import { readServerTls, type ServerTls } from "../server/server-tls.ts";
import { backendServers, configureServers } from "../server/servers.ts";
import { Queue } from "./queue.ts";
import { RetryBudget } from "./retry-budget.ts";
import { type OwnedRequest, ServerQueues, type Wait } from "./server-queues.ts";

export interface BackendEnvironment extends Network {
  /** Which of the threads that share the memory this is. */
  readonly thread: number;
  readonly box: string;
  readonly rng: Rng;
  /** Tells the operator what goes wrong while requests are served all the same. */
  readonly complain: Complain;
}

/** What a backend is to become. */
export interface BackendPlan {
  readonly config: BackendConfig;
  readonly servers: readonly Server[];
  readonly tls: ServerTls | undefined;
  readonly picker: Picker<Server>;
  /** Undefined when the algorithm keeps no requests together. */
  readonly keyOf: RequestKey | undefined;
  /** The picker when it wants to hear how requests go. */
  readonly learner: Picker<Server> | undefined;
  /** Requests may wait for the server they belong to. */
  readonly ownQueues: boolean;
}

/** How often weights are worked out anew while a server starts slowly. */
const RAMP_MS = 1_000;

/** What a server that is well needs to notice the end of a connection. */
const NOTICE_MS = 5;

/** Differs from every generation, which is a whole number. */
const STALE = Number.NaN;

export class Backend {
  readonly name: string;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly queue: Queue;
  readonly counters: CounterRow;
  readonly retryBudget: RetryBudget;
  readonly #environment: BackendEnvironment;
  readonly #gauges: Int32Array;
  #plan: BackendPlan;
  #pools: ReadonlyMap<Server, Pool>;
  /** Of servers that left, for what they still have in flight. */
  readonly #left = new WeakMap<Server, Pool>();
  /** Pools that another took the place of, and those of servers that left. */
  readonly #retired = new Set<Pool>();
  #generation = STALE;
  readonly #serverQueues: ServerQueues;
  /** Servers have changed since it was looked whether those that wait for one still belong to it. */
  #reviewDue = false;
  #prober: Prober | undefined = undefined;
  #ramp: Timer | undefined = undefined;

  /** Throws when certificates cannot be read or a custom algorithm makes no picker. */
  constructor(
    name: string,
    config: BackendConfig,
    memory: BackendMemory,
    environment: BackendEnvironment,
    customs: CustomAlgorithms,
  ) {
    const { clock, deadlines, thread } = environment;
    this.name = name;
    this.clock = clock;
    this.deadlines = deadlines;
    this.counters = new Tally(memory.counters, thread).row;
    this.#environment = environment;
    this.#gauges = new Int32Array(memory.gauges);
    const { limit, timeout } = config.queue;
    const sweep = (): void => this.#sweep();
    const turns = (shared: SharedArrayBuffer) => new Turns(shared, thread, () => this.advance());
    this.queue = new Queue(deadlines, limit, timeout, this.counters, sweep, turns(memory.turns));
    this.#serverQueues = new ServerQueues(deadlines, sweep, (server) => turns(server.memory.turns));
    this.#plan = this.plan(config, memory, customs);
    this.#openServerQueues(this.#plan);
    this.retryBudget = new RetryBudget(this.servers.length);
    this.#pools = this.#poolsFor(this.#plan, new Map());
    this.#prober = this.#proberFor(this.#plan);
  }

  get config(): BackendConfig {
    return this.#plan.config;
  }

  get servers(): readonly Server[] {
    return this.#plan.servers;
  }

  /** What keeps a request together with others; to be asked before its head is edited. */
  get keyOf(): RequestKey | undefined {
    return this.#plan.keyOf;
  }

  /** Who is to be told how requests go; undefined when nobody wants to know. */
  get learner(): Picker<Server> | undefined {
    return this.#plan.learner;
  }

  /** Prepares a reload and changes nothing. Throws what the constructor throws. */
  plan(config: BackendConfig, memory: BackendMemory, customs: CustomAlgorithms): BackendPlan {
    const before: BackendPlan | undefined = this.#plan;
    const { box, thread, rng, clock, complain } = this.#environment;
    const { balance } = config;
    const now = () => clock.now();
    const ticket = () => Atomics.add(this.#gauges, BACKEND_GAUGE.ticket, 1) >>> 0;
    // A module's file may have changed without a word of the configuration: it is made anew.
    const same =
      balance.algorithm !== "module" && isDeepStrictEqual(balance, before?.config.balance);
    const picker =
      same && before !== undefined
        ? before.picker
        : openPicker(balance, { rng, now, ticket, customs, complain });
    const learns = picker.started ?? picker.firstByte ?? picker.ended;
    const limited = Object.values(config.servers).some(({ queue }) => queue.limit > 0);
    return {
      ...{ config, picker, keyOf: requestKey(balance) },
      ownQueues: limited && picker.preferred !== undefined,
      learner: learns === undefined ? undefined : picker,
      servers: backendServers(config, memory, { box, thread }, before?.servers),
      tls: readServerTls(config.tls, before?.tls),
    };
  }

  /**
   * Becomes what was planned, at once. A server that left gets no new requests; what it has in flight
   * may take `drainMs`.
   */
  adopt(plan: BackendPlan, drainMs: number): void {
    const { config, servers } = plan;
    const before = this.#pools;
    const samePicker = plan.picker === this.#plan.picker;
    this.#plan = plan;
    configureServers(servers, config, this.#environment.box);
    this.#pools = this.#poolsFor(plan, before);
    this.#retire(before, drainMs);
    this.queue.configure(config.queue.limit, config.queue.timeout);
    this.retryBudget.servers = servers.length;
    this.#generation = STALE;
    this.#prober?.stop();
    this.#prober = this.#proberFor(plan);
    const released = [...this.#openServerQueues(plan)];
    // Another algorithm would look for other keys than those that wait have.
    if (!samePicker) released.push(...this.#serverQueues.remove(() => true));
    for (const { request } of released) request.released();
    this.#sweep();
  }

  /**
   * Lets a request wait for the server it belongs to, when that is full and has a queue with room. Undefined
   * where it is to be given to any, which is so at once where no server has a queue.
   */
  waitForOwn(request: OwnedRequest): Wait | undefined {
    const { ownQueues, picker } = this.#plan;
    if (!ownQueues) return undefined;
    this.#refreshIfChanged();
    this.#serverQueues.advance(this.queue); // nobody new before those that wait
    if (request.attempts.key === undefined) return undefined;
    const own = picker.preferred?.(request.attempts);
    return own && this.#serverQueues.join(request, own);
  }

  /** A server has room, perhaps: whoever waits for it, or for any, is given to it, in this thread or another. */
  advance(): void {
    const { queue } = this;
    if (this.#plan.ownQueues && this.#serverQueues.advance(queue) === "other-thread") return;
    while (queue.busy && this.#hasRoom() && queue.serve() === "here");
  }

  /** Somebody has come to wait: another thread may have made room since it was looked for. */
  joined(): void {
    if (this.queue.shared) this.advance();
  }

  /** The server for a request, or undefined: all untried ones are down or full. */
  pick(context: PickContext<Server>): Server | undefined {
    this.#refreshIfChanged();
    const { picker } = this.#plan;
    const server = picker.pick(context) ?? this.#lastResort(context);
    this.chosen(picker.why);
    if (this.#prober !== undefined) this.#prober.ask();
    return server;
  }

  /** Counts why a server was chosen. */
  chosen(why: PickReason): void {
    const reason = REASON_COUNTERS[why];
    this.counters[reason] = (this.counters[reason] ?? 0) + 1;
  }

  /** Whether a server is up, backup or not, that has not failed this request. */
  hasUntried({ tried }: PickContext<Server>): boolean {
    return this.servers.some((server) => (server.up || server.forced) && !tried.includes(server));
  }

  /** Takes a server's load report out of its answer, and lets the algorithm know. */
  learnLoad(server: Server | undefined, fields: Fields): void {
    const text = fields.get(LOAD_FIELD);
    if (text === undefined) return;
    const { config, picker } = this.#plan;
    if (!config.balance.passReports) fields.remove(LOAD_FIELD);
    if (picker.report === undefined || server === undefined) return;
    const report = parseLoadReport(text);
    if (report !== undefined) picker.report(server, report);
  }

  /** A name has other addresses: new connections go there, and those to others are kept no longer. */
  readdress(name: string): void {
    const pools = [...this.#pools].filter(([{ address }]) => address.host === name);
    for (const [, pool] of pools) pool.readdress();
    this.#prober?.readdress(name);
  }

  /** Requests of this thread that are queued or given to a server. */
  get inFlight(): number {
    return this.counters[COUNTER.current] ?? 0;
  }

  /**
   * Ends a stream whose request is not answered to its end. Where we end it, the place it had at the server is
   * free a moment later: a server that is given the next request at once sees that before the end of this one.
   */
  abandon(server: Server, stream: ServerStream): void {
    const ours = !stream.gone;
    stream.abandon();
    stream.release();
    if (ours && server.maxConnections > 0) {
      this.clock.after(NOTICE_MS, () => {
        server.end();
        this.advance();
      });
    } else server.end();
  }

  poolOf(server: Server): Pool {
    const pool = this.#pools.get(server) ?? this.#left.get(server);
    if (pool === undefined) throw new Error(`no pool for server ${server.name}`);
    return pool;
  }

  drain(): void {
    for (const pool of this.#pools.values()) pool.drain();
  }

  stop(): void {
    this.queue.close();
    this.#serverQueues.close();
    this.#prober?.stop();
    this.#ramp?.cancel();
    for (const pool of [...this.#pools.values(), ...this.#retired]) pool.stop();
  }

  /** Goes by what other threads, health checks and the operator have changed. */
  #refreshIfChanged(): void {
    const generation = this.#gauges[BACKEND_GAUGE.generation] as number;
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#refresh();
  }

  #hasRoom(): boolean {
    this.#refreshIfChanged(); // what is down may be tried since, in a panic
    return this.servers.some(({ usable }) => usable);
  }

  /** Somebody waits: a server may have got room or gone without a word to this thread. */
  #sweep(): void {
    if (this.#plan.ownQueues) {
      this.#refreshIfChanged();
      if (this.#reviewDue) this.#review();
    }
    this.advance();
  }

  /** Whoever waits for a server that is not its own any more (it is down, drained, ...) goes elsewhere. */
  #review(): void {
    this.#reviewDue = false;
    const { picker } = this.#plan;
    const gone = this.#serverQueues.remove(({ request, server }) => {
      return picker.preferred?.(request.attempts) !== server || !(server.up || server.forced);
    });
    for (const { request } of gone) request.released();
  }

  #openServerQueues({ ownQueues, servers }: BackendPlan): readonly Wait[] {
    return this.#serverQueues.configure(ownQueues ? servers : []);
  }

  /** When the others have failed this request, a backup or a degraded one need not wait for the health checks to agree. */
  #lastResort({ tried }: PickContext<Server>): Server | undefined {
    if (tried.length === 0) return undefined;
    const untried = this.servers.filter((server) => server.up && !tried.includes(server));
    return untried.every((server) => server.backup || server.degraded)
      ? untried.find((server) => server.usable)
      : undefined;
  }

  /** Who may be picked and with what weight has changed, perhaps. */
  #refresh(): void {
    const { config, picker, servers } = this.#plan;
    const now = this.clock.wall();
    const {
      servers: chosen,
      weights,
      panic,
      warming,
    } = weigh(servers, config, this.#environment.box, now);
    const limits = limitsConnections(config);
    for (const server of servers) {
      server.weight = server.fullWeight;
      server.forced = false;
      const factor = limits ? warmth(server, config, now) : 1;
      server.maxConnections = slowStartLimit(server.config.maxConnections, factor);
    }
    chosen.forEach((server, index) => {
      server.weight = weights[index] ?? server.weight;
      server.forced = panic;
    });
    picker.update(chosen);
    this.#reviewDue = true;
    this.#ramp?.cancel();
    this.#ramp = warming ? this.clock.after(RAMP_MS, () => this.#stale()) : undefined;
  }

  #stale(): void {
    this.#generation = STALE;
  }

  #proberFor({ config, picker, servers, tls }: BackendPlan): Prober | undefined {
    if (picker.probes === undefined) return undefined;
    const { complain } = this.#environment;
    return new Prober({
      ...{ backend: this.name, picker, servers, config, tls, complain },
      network: this.#environment,
    });
  }

  /** The pools of a plan's servers; one that would be the same as before is kept with its connections. */
  #poolsFor(plan: BackendPlan, before: ReadonlyMap<Server, Pool>): ReadonlyMap<Server, Pool> {
    return new Map(
      plan.servers.map((server) => {
        const options = requestPool(server, plan.config, plan.tls, this.#environment);
        const kept = before.get(server);
        return [server, kept?.matches(options) ? kept : new Pool(options)];
      }),
    );
  }

  #retire(before: ReadonlyMap<Server, Pool>, drainMs: number): void {
    for (const pool of this.#retired) if (pool.empty) this.#retired.delete(pool);
    for (const [server, pool] of before) {
      if (this.#pools.get(server) === pool) continue;
      pool.drain();
      this.#retired.add(pool);
      if (this.#pools.has(server)) continue;
      this.#left.set(server, pool);
      this.clock.after(drainMs, () => pool.stop());
    }
  }
}
