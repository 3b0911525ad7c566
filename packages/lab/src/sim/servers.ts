// The state of each server: how the server answers a new request, how fast it works, which keys its cache holds, and
// what it reports about its load.
import type { LoadReport } from "@tandem/balancer/pickers";
import type { Agenda } from "./agenda.ts";
import { type AttemptTable, OUTCOME } from "./attempt-table.ts";
import { LoadEstimate } from "./load-estimate.ts";
import { LruCache } from "./lru-cache.ts";
import type { Scenario, ServerGroup } from "./scenario.ts";
import type { Stations } from "./stations.ts";

/** How a server answers a new request. */
export const MODE = { up: 0, refusing: 1, silent: 2, blackHole: 3 } as const;
export const MODE_NAMES = ["up", "refusing", "silent", "black hole"] as const;

export class Servers {
  readonly count: number;
  readonly mode: Uint8Array;
  /** How long a black hole takes to answer with its error. */
  readonly failMs: Float64Array;
  /** The share of the requests that fail after the server has worked on them. */
  readonly errorShare: Float64Array;
  readonly zone: Int32Array;
  readonly caches: readonly LruCache[];
  readonly load: LoadEstimate;
  readonly hitShare: number;
  readonly #stations: Stations;
  readonly #baseSpeed: Float64Array;
  readonly #slowness: Float64Array;
  readonly #pauses: Int32Array;

  constructor(
    agenda: Agenda,
    attempts: AttemptTable,
    stations: Stations,
    groups: readonly ServerGroup[],
    scenario: Scenario,
  ) {
    this.count = groups.length;
    this.#stations = stations;
    this.mode = new Uint8Array(this.count);
    this.failMs = new Float64Array(this.count);
    this.errorShare = new Float64Array(this.count);
    this.zone = Int32Array.from(groups, ({ zone }) => zone ?? 0);
    const { keys, reports } = scenario;
    const capacity = Math.max(1, Math.round((keys?.count ?? 0) * (keys?.cache?.share ?? 0)));
    this.caches = keys?.cache === undefined ? [] : groups.map(() => new LruCache(capacity));
    this.hitShare = keys?.cache?.hitShare ?? 1;
    this.load = new LoadEstimate(agenda, attempts, stations, reports?.windowMs ?? 1000);
    this.#baseSpeed = Float64Array.from(groups, ({ speed }) => speed ?? 1);
    this.#slowness = new Float64Array(this.count).fill(1);
    this.#pauses = new Int32Array(this.count);
  }

  /**
   * Makes the server slower by `factor`, also for the remaining work on the requests that are on the server now. A
   * second call with 1/factor makes the server as fast as before.
   */
  slow(server: number, factor: number): void {
    (this.#slowness[server] as number) *= factor;
    this.#apply(server);
  }

  /**
   * Adds a pause of the server (+1) or ends a pause (−1). Pauses may overlap. The server does no work until all of them
   * have ended.
   */
  pause(server: number, by: 1 | -1): void {
    (this.#pauses[server] as number) += by;
    this.#apply(server);
  }

  paused(server: number): boolean {
    return (this.#pauses[server] as number) > 0;
  }

  /**
   * Returns the work of a request on this server, which is less than `demand` when the key is in the server's cache.
   */
  workOf(server: number, demand: number, key: number): number {
    const cache = this.caches[server];
    if (cache === undefined) return demand;
    return cache.touch(key) ? demand * this.hitShare : demand;
  }

  report(server: number): LoadReport {
    return this.load.report(server);
  }

  /** Records that the server has finished its work on a request. */
  finished(slot: number, server: number, outcome: number): void {
    this.load.finished(slot, server, outcome === OUTCOME.ok);
  }

  #apply(server: number): void {
    const speed = (this.#baseSpeed[server] as number) / (this.#slowness[server] as number);
    this.#stations.setSpeed(server, this.paused(server) ? 0 : speed);
  }
}
