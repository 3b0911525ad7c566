// Measures a run. The meter counts every request that arrived after the warm-up by its outcome,
// records its latency from its arrival, and samples the queues over time.
import type { PickReason } from "@tandem/balancer/pickers";
import { bucketOf, Histogram } from "../stats/histogram.ts";
import { imbalanceOf } from "../stats/imbalance.ts";
import type { Agenda } from "./agenda.ts";
import { type AttemptTable, OUTCOME } from "./attempt-table.ts";
import { endOfRun, measureTimes } from "./measure-times.ts";
import type { Scenario } from "./scenario.ts";
import { Series } from "./series.ts";
import type { Stations } from "./stations.ts";

/**
 * The measured time is cut into this many equal slices. The error of a mean is estimated from the means of the slices.
 */
const BATCHES = 20;
const DEEPEST = 4096;

export class Meter {
  readonly warmupMs: number;
  /** How many measured requests had each outcome. The index is a number of OUTCOME. */
  readonly outcomes = new Float64Array(4);
  readonly latency = new Histogram();
  /** How long the clients that gave up had waited. */
  readonly timeouts = new Histogram();
  readonly batchSum = new Float64Array(BATCHES);
  readonly batchCount = new Float64Array(BATCHES);
  readonly perServer: readonly Histogram[];
  readonly picks: Float64Array;
  /** How many measured requests of each server had each outcome. The index is `server * 4` plus a number of OUTCOME. */
  readonly serverOutcomes: Float64Array;
  readonly brokenOn: Float64Array;
  readonly series: Series;
  /** At index n: the number of samples in which a server held n requests. */
  readonly depths = new Float64Array(DEEPEST);
  readonly imbalance = { samples: 0, maxOverMean: 0, cv: 0, jain: 0 };
  readonly baseline: { busyMs: Float64Array; depthMs: Float64Array; workedMs: Float64Array };
  arrivedAll = 0;
  arrivedMeasured = 0;
  /** The longest latency of a good answer, the warm-up included. */
  longestMs = 0;
  attempts = 0;
  retries = 0;
  probes = 0;
  /** How many attempts reached a server that was paused. */
  onPaused = 0;
  /** How many attempts went to a zone other than the balancer's. */
  acrossZones = 0;
  readonly #why = new Map<PickReason, { count: number }>();
  #lastWhy: PickReason = "none";
  #lastCounter: { count: number };
  readonly #agenda: Agenda;
  readonly #attempts: AttemptTable;
  readonly #batchMs: number;
  readonly #stations: Stations;

  constructor(agenda: Agenda, attempts: AttemptTable, stations: Stations, scenario: Scenario) {
    const servers = stations.depth.length;
    this.#agenda = agenda;
    this.#attempts = attempts;
    this.#stations = stations;
    this.warmupMs = scenario.warmupMs ?? 0;
    this.#batchMs = (scenario.durationMs - this.warmupMs) / BATCHES;
    const each = scenario.measure?.perServer ?? servers <= 64;
    this.perServer = each ? Array.from({ length: servers }, () => new Histogram()) : [];
    this.picks = new Float64Array(servers);
    this.serverOutcomes = new Float64Array(servers * 4);
    this.brokenOn = new Float64Array(servers);
    this.baseline = {
      busyMs: new Float64Array(servers),
      depthMs: new Float64Array(servers),
      workedMs: new Float64Array(servers),
    };
    this.#lastCounter = { count: 0 };
    this.#why.set("none", this.#lastCounter);
    const { seriesMs, sampleMs } = measureTimes(scenario);
    this.series = new Series(stations, seriesMs, endOfRun(scenario));
    this.#planSamples(sampleMs, seriesMs);
  }

  arrived(): void {
    this.arrivedAll++;
    if (this.#agenda.now >= this.warmupMs) this.arrivedMeasured++;
    this.series.arrived++;
  }

  given(slot: number, server: number, why: PickReason): void {
    (this.series.picks[server] as number)++;
    if ((this.#attempts.arrivedAt[slot] as number) < this.warmupMs) return;
    this.attempts++;
    (this.picks[server] as number)++;
    if (why !== this.#lastWhy) this.#switch(why);
    this.#lastCounter.count++;
  }

  retried(slot: number): void {
    this.series.retries++;
    if ((this.#attempts.arrivedAt[slot] as number) >= this.warmupMs) this.retries++;
  }

  /** Counts a request whose server is silent and which no deadline ends. */
  unanswered(): void {
    this.series.unanswered++;
  }

  broken(server: number): void {
    (this.brokenOn[server] as number)++;
  }

  /** Counts a request that ends now. */
  finished(slot: number, outcome: number): void {
    const arrivedAt = this.#attempts.arrivedAt[slot] as number;
    const server = this.#attempts.server[slot] as number;
    const latency = this.#agenda.now - arrivedAt;
    const ok = outcome === OUTCOME.ok;
    const bucket = bucketOf(latency);
    this.series.finished(outcome, bucket, latency);
    if (ok && latency > this.longestMs) this.longestMs = latency;
    if (arrivedAt < this.warmupMs) return;
    (this.outcomes[outcome] as number)++;
    if (server >= 0) (this.serverOutcomes[server * 4 + outcome] as number)++;
    if (outcome === OUTCOME.timeout) this.timeouts.recordIn(bucket, latency);
    if (!ok) return;
    this.latency.recordIn(bucket, latency);
    this.perServer[server]?.recordIn(bucket, latency);
    let batch = Math.floor((arrivedAt - this.warmupMs) / this.#batchMs);
    if (batch >= BATCHES) batch = BATCHES - 1;
    (this.batchSum[batch] as number) += latency;
    (this.batchCount[batch] as number)++;
  }

  /** Returns how many times the pickers gave each reason. */
  get why(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#why].map(([why, { count }]) => [why, count] as const).filter(([, n]) => n > 0),
    );
  }

  #switch(why: PickReason): void {
    let counter = this.#why.get(why);
    if (counter === undefined) {
      counter = { count: 0 };
      this.#why.set(why, counter);
    }
    this.#lastWhy = why;
    this.#lastCounter = counter;
  }

  #planSamples(sampleMs: number, seriesMs: number): void {
    const agenda = this.#agenda;
    const sample = agenda.kind(() => {
      this.#sample();
      agenda.at(agenda.now + sampleMs, sample, 0, 0);
    });
    agenda.at(sampleMs, sample, 0, 0);
    const close = agenda.kind(() => {
      this.series.close(agenda.now);
      agenda.at(agenda.now + seriesMs, close, 0, 0);
    });
    agenda.at(seriesMs, close, 0, 0);
    agenda.call(this.warmupMs, () => this.#begin());
  }

  #begin(): void {
    const { depth, busyMs, depthMs, workedMs } = this.#stations;
    for (let server = 0; server < depth.length; server++) this.#stations.advance(server);
    this.baseline.busyMs.set(busyMs);
    this.baseline.depthMs.set(depthMs);
    this.baseline.workedMs.set(workedMs);
  }

  #sample(): void {
    const { depth } = this.#stations;
    this.series.sample();
    if (this.#agenda.now < this.warmupMs) return;
    for (let server = 0; server < depth.length; server++) {
      const deep = depth[server] as number;
      (this.depths[deep < DEEPEST ? deep : DEEPEST - 1] as number)++;
    }
    const found = imbalanceOf(depth);
    if (found === undefined) return;
    this.imbalance.samples++;
    this.imbalance.maxOverMean += found.maxOverMean;
    this.imbalance.cv += found.cv;
    this.imbalance.jain += found.jain;
  }
}
