// Records a run over time: one row of totals per interval. For heat maps there is also, for each interval, a row with
// one cell per server.
import { Histogram } from "../stats/histogram.ts";
import { OUTCOME } from "./attempt-table.ts";
import type { Stations } from "./stations.ts";

/** Above this number of cells (intervals × servers), the rows with one cell per server are not kept. */
const MOST_CELLS = 4_000_000;

export interface SeriesRow {
  /** When the interval ended. */
  readonly atMs: number;
  readonly arrived: number;
  readonly ok: number;
  readonly failed: number;
  readonly timeout: number;
  readonly rejected: number;
  readonly retries: number;
  /** Requests that came to a silent server, or were on a server when it fell silent, and that have no deadline. */
  readonly unanswered: number;
  /** How many requests had neither ended nor been given up at the end of the interval, the warm-up's included. */
  readonly underWay: number;
  /**
   * The latency of the answers that came within the interval, and of the timeouts, each with the time that its client
   * had waited; NaN when there was neither.
   */
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The number of requests on a server, averaged over the samples and servers. */
  readonly meanDepth: number;
  readonly maxDepth: number;
}

export class Series {
  readonly intervalMs: number;
  readonly rows: SeriesRow[] = [];
  /** For each interval: the mean number of requests on each server. */
  readonly depthRows: Float32Array[] = [];
  /** For each interval: how many times each server was picked. */
  readonly pickRows: Uint32Array[] = [];
  readonly picks: Uint32Array;
  arrived = 0;
  retries = 0;
  unanswered = 0;
  #underWay = 0;
  readonly #outcomes = new Float64Array(4);
  readonly #latency = new Histogram();
  readonly #depth: Float32Array;
  readonly #stations: Stations;
  readonly #keepsServers: boolean;
  #samples = 0;
  #maxDepth = 0;

  constructor(stations: Stations, intervalMs: number, endMs: number) {
    const servers = stations.depth.length;
    this.intervalMs = intervalMs;
    this.#stations = stations;
    this.picks = new Uint32Array(servers);
    this.#depth = new Float32Array(servers);
    this.#keepsServers = (endMs / intervalMs) * servers <= MOST_CELLS;
  }

  finished(outcome: number, bucket: number, latency: number): void {
    (this.#outcomes[outcome] as number)++;
    this.#underWay--;
    if (outcome === OUTCOME.ok || outcome === OUTCOME.timeout)
      this.#latency.recordIn(bucket, latency);
  }

  sample(): void {
    const { depth } = this.#stations;
    this.#samples++;
    for (let server = 0; server < depth.length; server++) {
      const deep = depth[server] as number;
      (this.#depth[server] as number) += deep;
      if (deep > this.#maxDepth) this.#maxDepth = deep;
    }
  }

  /** Ends an interval at `now` and adds its row. */
  close(now: number): void {
    const samples = Math.max(1, this.#samples);
    const depths = this.#depth.map((sum) => sum / samples);
    this.#underWay += this.arrived;
    this.rows.push({
      atMs: now,
      arrived: this.arrived,
      ok: this.#outcomes[OUTCOME.ok] as number,
      failed: this.#outcomes[OUTCOME.failed] as number,
      timeout: this.#outcomes[OUTCOME.timeout] as number,
      rejected: this.#outcomes[OUTCOME.rejected] as number,
      retries: this.retries,
      unanswered: this.unanswered,
      underWay: this.#underWay,
      meanMs: this.#latency.mean,
      p50Ms: this.#latency.quantile(0.5),
      p99Ms: this.#latency.quantile(0.99),
      meanDepth: depths.reduce((sum, depth) => sum + depth, 0) / depths.length,
      maxDepth: this.#maxDepth,
    });
    if (this.#keepsServers) {
      this.depthRows.push(depths);
      this.pickRows.push(this.picks.slice());
    }
    this.#clear();
  }

  #clear(): void {
    this.arrived = 0;
    this.retries = 0;
    this.unanswered = 0;
    this.#outcomes.fill(0);
    this.#latency.clear();
    this.#depth.fill(0);
    this.picks.fill(0);
    this.#samples = 0;
    this.#maxDepth = 0;
  }
}
