// Estimates what a server reports about its load. The number of requests in flight is a counter. The latency is
// estimated as in Prequal (NSDI'24, §4.1): as the median latency of recent requests that found about as many requests
// on the server as there are now. Rates and utilization are measured in the last complete window. Utilization is the
// processor time that the server's own requests used. So utilization does not show whether other programs use the
// machine, and balancing by utilization misleads.
import type { LoadReport } from "@tandem/balancer/pickers";
import type { Agenda } from "./agenda.ts";
import type { AttemptTable } from "./attempt-table.ts";
import type { Stations } from "./stations.ts";

/**
 * How many recent requests are remembered per server. The median latency is taken over NEAREST of
 * them: those that found about as many requests on the server as there are now.
 */
const REMEMBERED = 32;
const NEAREST = 7;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class LoadEstimate {
  readonly #agenda: Agenda;
  readonly #attempts: AttemptTable;
  readonly #stations: Stations;
  readonly #windowMs: number;
  readonly #baseSpeed: Float64Array;
  readonly #depths: Int32Array;
  readonly #latencies: Float64Array;
  readonly #remembered: Int32Array;
  readonly #windowStart: Float64Array;
  readonly #workedAtStart: Float64Array;
  readonly #done: Int32Array;
  readonly #failed: Int32Array;
  readonly #utilization: Float64Array;
  readonly #rate: Float64Array;
  readonly #errorRate: Float64Array;
  /** One object for all reports. A picker reads the object during the call and does not keep it. */
  readonly #report: Mutable<LoadReport> = {
    inFlight: 0,
    latencyMs: undefined,
    utilization: undefined,
    requestsPerSecond: undefined,
    errorsPerSecond: undefined,
  };

  constructor(agenda: Agenda, attempts: AttemptTable, stations: Stations, windowMs: number) {
    this.#baseSpeed = Float64Array.from(stations.depth, (_, server) => stations.speed(server));
    this.#agenda = agenda;
    this.#attempts = attempts;
    this.#stations = stations;
    this.#windowMs = windowMs;
    const count = stations.depth.length;
    this.#depths = new Int32Array(count * REMEMBERED);
    this.#latencies = new Float64Array(count * REMEMBERED);
    this.#remembered = new Int32Array(count);
    this.#windowStart = new Float64Array(count);
    this.#workedAtStart = new Float64Array(count);
    this.#done = new Int32Array(count);
    this.#failed = new Int32Array(count);
    this.#utilization = new Float64Array(count).fill(-1);
    this.#rate = new Float64Array(count);
    this.#errorRate = new Float64Array(count);
  }

  finished(slot: number, server: number, ok: boolean): void {
    const { depth, reachedAt } = this.#attempts;
    const at = server * REMEMBERED + ((this.#remembered[server] as number)++ % REMEMBERED);
    this.#depths[at] = depth[slot] as number;
    this.#latencies[at] = this.#agenda.now - (reachedAt[slot] as number);
    (this.#done[server] as number)++;
    if (!ok) (this.#failed[server] as number)++;
  }

  report(server: number): LoadReport {
    this.#roll(server);
    const report = this.#report;
    report.inFlight = this.#stations.depth[server];
    report.latencyMs = this.#latency(server);
    const known = (this.#utilization[server] as number) >= 0;
    report.utilization = known ? this.#utilization[server] : undefined;
    report.requestsPerSecond = known ? this.#rate[server] : undefined;
    report.errorsPerSecond = known ? this.#errorRate[server] : undefined;
    return report;
  }

  #roll(server: number): void {
    const { now } = this.#agenda;
    const elapsed = now - (this.#windowStart[server] as number);
    if (elapsed < this.#windowMs) return;
    const stations = this.#stations;
    stations.advance(server);
    const worked = (stations.workedMs[server] as number) - (this.#workedAtStart[server] as number);
    const workers = stations.workers[server] as number;
    this.#utilization[server] = worked / (this.#baseSpeed[server] as number) / elapsed / workers;
    this.#rate[server] = ((this.#done[server] as number) * 1000) / elapsed;
    this.#errorRate[server] = ((this.#failed[server] as number) * 1000) / elapsed;
    this.#windowStart[server] = now;
    this.#workedAtStart[server] = stations.workedMs[server] as number;
    this.#done[server] = 0;
    this.#failed[server] = 0;
  }

  #latency(server: number): number | undefined {
    const known = Math.min(REMEMBERED, this.#remembered[server] as number);
    if (known === 0) return undefined;
    const from = server * REMEMBERED;
    // A depth was recorded when its request came, and includes that request. So the depth that a new request would
    // record is one more than there are requests on the server now.
    const target = (this.#stations.depth[server] as number) + 1;
    const count = Math.min(NEAREST, known);
    nearest(this.#depths, from, known, target);
    for (let i = 0; i < count; i++) {
      const at = from + (chosen[i] as number);
      insert(i, scaled(this.#latencies[at] as number, this.#depths[at] as number, target));
    }
    return sorted[count >> 1];
  }
}

/**
 * Scales the latency of a past request that found many more or many fewer requests on the server than there are now.
 * Without scaling, a server that has become empty would go on reporting the high latency of the time when it was full.
 * Balancers would avoid that server, so no new request would correct the report. And a server that suddenly gets many
 * requests would report a low latency until the first of them are done.
 */
function scaled(latency: number, depth: number, target: number): number {
  const far = Math.abs(depth - target) > 1 + target / 5;
  return far ? (latency * target) / depth : latency;
}

const chosen = new Int32Array(NEAREST);
const distances = new Int32Array(NEAREST);
const sorted = new Float64Array(NEAREST);

/** Inserts a value into `sorted`, which holds `size` values. */
function insert(size: number, value: number): void {
  let at = size;
  while (at > 0 && (sorted[at - 1] as number) > value) {
    sorted[at] = sorted[at - 1] as number;
    at--;
  }
  sorted[at] = value;
}

/** Puts the offsets of the depths nearest to `target` into the array `chosen`, by insertion. Allocates nothing. */
function nearest(depths: Int32Array, from: number, known: number, target: number): void {
  let size = 0;
  for (let offset = 0; offset < known; offset++) {
    const distance = Math.abs((depths[from + offset] as number) - target);
    if (size === NEAREST && distance >= (distances[NEAREST - 1] as number)) continue;
    if (size < NEAREST) size++;
    let at = size - 1;
    while (at > 0 && (distances[at - 1] as number) > distance) {
      distances[at] = distances[at - 1] as number;
      chosen[at] = chosen[at - 1] as number;
      at--;
    }
    distances[at] = distance;
    chosen[at] = offset;
  }
}
