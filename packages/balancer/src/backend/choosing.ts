// Chooses the server of a backend that a request goes to. The algorithm's picker chooses, and this file keeps the
// picker up to date with the states and weights of the servers.
import type { PickContext, PickReason } from "@tandem/algorithms";
import type { Fields } from "@tandem/http";
import type { Timer } from "@tandem/transport";
import { LOAD_FIELD, parseLoadReport } from "../balance/load-report.ts";
import { Prober } from "../balance/prober.ts";
import { limitOf, weigh } from "../balance/weigh.ts";
import { RAMP_MS } from "../eligibility/slow-start.ts";
import { type CounterRow, REASON_COUNTERS } from "../memory/counters.ts";
import { BACKEND_GAUGE, type BackendMemory } from "../memory/shared-memory.ts";
import type { Server } from "../server/server.ts";
import type { BackendEnvironment, BackendPlan } from "./plan.ts";

/**
 * The value of `#generation` while states and weights have to be worked out anew. NaN differs from
 * every generation in shared memory, so the next comparison finds a change.
 */
const STALE = Number.NaN;

export class Choosing {
  /**
   * A number that rises whenever the servers' states and weights are worked out anew. A caller that remembers an older
   * number has to review its own decisions.
   */
  revision = 0;
  readonly #backend: string;
  readonly #environment: BackendEnvironment;
  readonly #counters: CounterRow;
  readonly #gauges: Int32Array;
  #plan: BackendPlan;
  /**
   * The backend's generation when states and weights were last worked out. The generation is a
   * number in shared memory that rises with every change of a server.
   */
  #generation = STALE;
  #prober: Prober | undefined;
  #ramp: Timer | undefined = undefined;

  /** @param counters the counters of the backend in this thread */
  constructor(
    backend: string,
    plan: BackendPlan,
    memory: BackendMemory,
    counters: CounterRow,
    environment: BackendEnvironment,
  ) {
    this.#backend = backend;
    this.#environment = environment;
    this.#counters = counters;
    this.#gauges = new Int32Array(memory.gauges);
    this.#plan = plan;
    this.#prober = this.#proberFor(plan);
  }

  /** Puts `plan` in force: the next choice follows it. */
  adopt(plan: BackendPlan): void {
    this.#plan = plan;
    this.#generation = STALE;
    this.#prober?.stop();
    this.#prober = this.#proberFor(plan);
  }

  /**
   * Returns the server for a request, or undefined when each server is down, is full or was tried
   * already.
   */
  pick(context: PickContext<Server>): Server | undefined {
    this.refreshIfChanged();
    const { picker } = this.#plan;
    const server = picker.pick(context) ?? this.#lastResort(context);
    this.chosen(picker.why);
    if (this.#prober !== undefined) this.#prober.ask();
    return server;
  }

  /**
   * Returns the server that the request's key selects, even if that server is full; undefined when the algorithm uses
   * no keys or the key selects no server.
   */
  preferred(context: PickContext<Server>): Server | undefined {
    return this.#plan.picker.preferred?.(context);
  }

  /** Adds one to the counter of the reason `why` for which a server was chosen. */
  chosen(why: PickReason): void {
    const reason = REASON_COUNTERS[why];
    this.#counters[reason] = (this.#counters[reason] ?? 0) + 1;
  }

  /**
   * Returns whether at least one server, backups included, is up and was not tried for this request
   * yet.
   */
  hasUntried({ tried }: PickContext<Server>): boolean {
    const { servers } = this.#plan;
    return servers.some((server) => (server.up || server.forced) && !tried.includes(server));
  }

  /** Returns whether at least one server takes a request now. */
  get hasRoom(): boolean {
    this.refreshIfChanged(); // brings `usable` up to date: in a panic, servers that are down are usable too
    return this.#plan.servers.some(({ usable }) => usable);
  }

  /** Takes a server's load report out of the fields of its answer, and tells the algorithm about the load. */
  learnLoad(server: Server | undefined, fields: Fields): void {
    const text = fields.get(LOAD_FIELD);
    if (text === undefined) return;
    const { config, picker } = this.#plan;
    if (!config.balance.passReports) fields.remove(LOAD_FIELD);
    if (picker.report === undefined || server === undefined) return;
    const report = parseLoadReport(text);
    if (report !== undefined) picker.report(server, report);
  }

  /** Works states and weights out anew when another thread, a health check or the operator has changed them. */
  refreshIfChanged(): void {
    const generation = this.#gauges[BACKEND_GAUGE.generation] as number;
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#refresh();
  }

  /**
   * Called when the host name `name`, which some servers have as their address, has resolved to other IP addresses.
   */
  readdress(name: string): void {
    this.#prober?.readdress(name);
  }

  stop(): void {
    this.#prober?.stop();
    this.#ramp?.cancel();
  }

  /**
   * When a request has failed on all regular servers, returns a backup or degraded server that has
   * room, although backups and degraded servers are not in use yet. Otherwise returns undefined.
   */
  #lastResort({ tried }: PickContext<Server>): Server | undefined {
    if (tried.length === 0) return undefined;
    const untried = this.#plan.servers.filter((server) => server.up && !tried.includes(server));
    return untried.every((server) => server.backup || server.degraded)
      ? untried.find((server) => server.usable)
      : undefined;
  }

  #refresh(): void {
    const { config, picker, servers } = this.#plan;
    const { clock, box } = this.#environment;
    const now = clock.wall();
    const { servers: chosen, weights, panic, warming } = weigh(servers, config, box, now);
    for (const server of servers) {
      server.weight = server.fullWeight;
      server.forced = false;
      server.maxConnections = limitOf(server, config, now);
    }
    chosen.forEach((server, index) => {
      server.weight = weights[index] ?? server.weight;
      server.forced = panic;
    });
    picker.update(chosen);
    this.revision += 1;
    this.#ramp?.cancel();
    this.#ramp = warming ? clock.after(RAMP_MS, () => this.#stale()) : undefined;
  }

  #stale(): void {
    this.#generation = STALE;
  }

  #proberFor({ config, picker, servers, tls }: BackendPlan): Prober | undefined {
    if (picker.probes === undefined) return undefined;
    const { complain } = this.#environment;
    return new Prober({
      ...{ backend: this.#backend, picker, servers, config, tls, complain },
      connecting: this.#environment,
    });
  }
}
