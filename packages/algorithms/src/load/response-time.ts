// Load = average response time × requests in flight, the new request included, like nginx's
// least_time (ngx_http_upstream_least_time_module.c). A new response time changes the average to
// .95 · average + .05 · response time. Times to the last byte count only when the request succeeds.
// The average is halved each time `idleMs` pass without an answer. It is never below the mean age
// of the requests in flight. It is rounded up to steps of 20 ms and is at most 5 s. The steps make
// servers of about the same speed equal, so that the requests in flight decide between them.

import type { FailureParameters } from "../common-options.ts";
import type { Outcome, PickServer } from "../picker.ts";
import { moved } from "../server-index.ts";
import { Failures } from "./failures.ts";
import type { Load } from "./load.ts";

export interface LeastTimeParameters extends FailureParameters {
  readonly measure: "header" | "last-byte";
  /**
   * Whether a server's average counts as at least the mean age of the server's requests in flight. Used only with
   * `last-byte`.
   */
  readonly countInFlight: boolean;
  /** The average is halved each time this many milliseconds pass without an answer. */
  readonly idleMs: number;
}

const KEPT = 0.95;
const STEP_MS = 20;
const SLOWEST_MS = 5_000;

export class ResponseTime<S extends PickServer> implements Load<S> {
  readonly #clock: () => number;
  readonly #parameters: LeastTimeParameters;
  readonly #failures: Failures;
  #average = new Float64Array(0);
  /** For each server, the average in milliseconds, rounded up to a multiple of STEP_MS. */
  #step = new Float64Array(0);
  /** For each server, the time from which the average is halved because no answer came. */
  #halvesAt = new Float64Array(0);
  #open = new Float64Array(0);
  /** For each server, the sum of the times at which its open requests began. */
  #began = new Float64Array(0);
  #time = 0;

  constructor(now: () => number, parameters: LeastTimeParameters) {
    this.#clock = now;
    this.#parameters = parameters;
    this.#failures = new Failures(now, parameters.failureMs);
  }

  update(from: Int32Array): void {
    this.#failures.update(from);
    this.#average = moved(this.#average, from, 0);
    this.#step = moved(this.#step, from, STEP_MS);
    this.#halvesAt = moved(this.#halvesAt, from, Number.POSITIVE_INFINITY);
    this.#open = moved(this.#open, from, 0);
    this.#began = moved(this.#began, from, 0);
  }

  /**
   * Called before each pick. Does not read the clock, because that would cost more than the rest of the pick. `of`
   * takes as the present time the time at which the last request was started, answered or ended.
   */
  begin(): void {
    this.#failures.begin();
  }

  of(index: number, server: S): number {
    const failed = this.#failures.any ? this.#failures.of(index) : 0;
    return this.latency(index) * (1 + server.inFlight + failed);
  }

  latency(index: number): number {
    const step = this.#step[index] ?? STEP_MS;
    const open = this.#open[index] ?? 0;
    // The rounded average (`step`) that was computed at the server's last answer still holds, unless the server has
    // not answered for long, or the mean age of its open requests is above that average.
    const same =
      this.#time < (this.#halvesAt[index] ?? 0) &&
      (this.#time - step) * open <= (this.#began[index] ?? 0);
    return same ? step : this.#expected(index);
  }

  started(index: number): void {
    this.#time = this.#clock();
    this.#open[index] = (this.#open[index] ?? 0) + 1;
    this.#began[index] = (this.#began[index] ?? 0) + this.#time;
  }

  firstByte(index: number, ms: number): void {
    if (this.#parameters.measure !== "header") return;
    this.#time = this.#clock();
    this.#observe(index, ms);
  }

  ended(index: number, outcome: Outcome, ms: number): void {
    this.#time = this.#clock();
    const open = Math.max(0, (this.#open[index] ?? 0) - 1);
    this.#open[index] = open;
    this.#began[index] = open === 0 ? 0 : (this.#began[index] ?? 0) - (this.#time - ms);
    this.#failures.ended(index, outcome);
    if (outcome === "ok" && this.#parameters.measure === "last-byte") this.#observe(index, ms);
  }

  #observe(index: number, ms: number): void {
    const old = this.#average[index] ?? 0;
    const average = old === 0 ? ms : old * KEPT + ms * (1 - KEPT);
    this.#average[index] = average;
    this.#step[index] = stepOf(average);
    this.#halvesAt[index] = this.#time + this.#parameters.idleMs;
  }

  #expected(index: number): number {
    const { idleMs, countInFlight, measure } = this.#parameters;
    const overdueMs = this.#time - (this.#halvesAt[index] ?? 0);
    let ms = this.#average[index] ?? 0;
    if (overdueMs >= 0) ms *= 0.5 ** (1 + Math.floor(overdueMs / idleMs));
    const open = this.#open[index] ?? 0;
    if (countInFlight && measure === "last-byte" && open > 0)
      ms = Math.max(ms, this.#time - (this.#began[index] ?? 0) / open);
    return stepOf(ms);
  }
}

/**
 * Rounds to whole milliseconds, as nginx does, and then up to the next step of 20 ms, but to no
 * more than 5 s.
 */
function stepOf(ms: number): number {
  if (ms <= STEP_MS) return STEP_MS;
  return ms > SLOWEST_MS ? SLOWEST_MS : Math.ceil(Math.round(ms) / STEP_MS) * STEP_MS;
}
