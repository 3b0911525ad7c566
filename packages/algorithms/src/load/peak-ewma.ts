// Load = average latency × requests in flight, the new request included. The average is a peak
// EWMA, an exponentially weighted moving average with time constant τ, as in Finagle's PeakEwma;
// the latency assumed at first is from tower's peak_ewma.rs. A slow answer raises the average at
// once, and fast answers lower it slowly. While a server does not answer, its average falls with
// the same τ, so that a slow server is tried again. In a given time all averages fall by the same
// factor, so a pick can compare them as they were, without computing the fall. For this each
// average is kept as latency × e^(time / τ), with the time counted from an epoch. The epoch moves
// on before the numbers grow too large. So a pick needs neither the clock nor an exponential.

import type { FailureParameters } from "../common-options.ts";
import type { Outcome, PickServer } from "../picker.ts";
import { moved } from "../server-index.ts";
import type { Load } from "./load.ts";

export interface PeakEwmaParameters extends FailureParameters {
  /**
   * The time constant τ of the moving average, and of the average's fall while the server does not
   * answer.
   */
  readonly decayMs: number;
  /**
   * The latency assumed for all servers until one has answered. After that, a new server is assumed
   * to have the typical latency of all servers.
   */
  readonly initialMs: number;
  /** Whether the time to the answer's head or to its end is measured. */
  readonly measure: "header" | "last-byte";
}

/** The share of one answer in the typical latency, an average over the answers of all servers. */
const TYPICAL_SHARE = 1 / 64;
const UNKNOWN = -1;
/**
 * The epoch moves on after this many time constants. e^200 times any latency is far below the
 * largest number (e^709).
 */
const EPOCH = 200;

export class PeakEwma<S extends PickServer> implements Load<S> {
  readonly #clock: () => number;
  readonly #parameters: PeakEwmaParameters;
  /** For each server: latency × e^((time of the server's last answer - epoch) / τ). */
  #grown = new Float64Array(0);
  /** For each server: e^((time of the server's last answer - epoch) / τ). */
  #growthWhenHeard = new Float64Array(0);
  #typical: number;
  #answered = false;
  /** The latency assumed for a server that has not answered, multiplied by `#growth`. */
  #assumed: number;
  #epoch: number;
  /** e^((time of the last answer of any server - epoch) / τ). */
  #growth = 1;

  constructor(now: () => number, parameters: PeakEwmaParameters) {
    this.#clock = now;
    this.#parameters = parameters;
    this.#typical = parameters.initialMs;
    this.#assumed = parameters.initialMs;
    this.#epoch = now();
  }

  update(from: Int32Array): void {
    this.#grown = moved(this.#grown, from, UNKNOWN);
    this.#growthWhenHeard = moved(this.#growthWhenHeard, from, 0);
  }

  begin(): void {}

  /**
   * Returns the load. It can be compared among servers but is not in milliseconds; `expectedMs` returns milliseconds.
   */
  of(index: number, server: S): number {
    const grown = this.#grown[index] ?? UNKNOWN;
    // Two returns instead of one conditional expression, so that V8 does not allocate memory for
    // the returned number. The pick then takes 2/3 of the time.
    if (grown < 0) return this.#assumed * (server.inFlight + 1);
    return grown * (server.inFlight + 1);
  }

  latency(index: number): number {
    const grown = this.#grown[index] ?? UNKNOWN;
    return grown < 0 ? this.#assumed : grown;
  }

  /** Returns the latency in milliseconds that was expected of a server at the time of the last answer of any server. */
  expectedMs(index: number): number {
    const grown = this.#grown[index] ?? UNKNOWN;
    return grown < 0 ? this.#typical : grown / this.#growth;
  }

  firstByte(index: number, ms: number): void {
    if (this.#parameters.measure === "header") this.#succeeded(index, ms);
  }

  ended(index: number, outcome: Outcome, ms: number): void {
    if (outcome === "cancelled") return;
    if (outcome !== "ok") this.#observe(index, Math.max(ms, this.#parameters.failureMs));
    else if (this.#parameters.measure === "last-byte") this.#succeeded(index, ms);
  }

  /**
   * Counts the time of an answer in the typical latency and in the server's average. Not called for
   * failed requests, because they count with `failureMs` instead of a measured time. With `measure`
   * "header" the outcome is not known yet, so it is called for every answer.
   */
  #succeeded(index: number, ms: number): void {
    this.#typical += (ms - this.#typical) * (this.#answered ? TYPICAL_SHARE : 1);
    this.#answered = true;
    this.#observe(index, ms);
  }

  #observe(index: number, ms: number): void {
    const now = this.#clock();
    const { decayMs } = this.#parameters;
    if (now - this.#epoch > EPOCH * decayMs) this.#moveEpoch(now);
    const growth = Math.exp((now - this.#epoch) / decayMs);
    this.#growth = growth;
    this.#assumed = this.#typical * growth;
    // The new average is average · r + ms · (1 - r), where r = e^-(time since the server's last
    // answer / τ). But when `ms` is above average · r, it is a peak, and the new average is `ms`.
    // Averages are stored multiplied by e^(time / τ).
    const old = this.#grown[index] ?? UNKNOWN;
    const mine = ms * growth;
    const remaining = (this.#growthWhenHeard[index] ?? 0) / growth;
    this.#grown[index] = old < 0 || mine > old ? mine : old + mine * (1 - remaining);
    this.#growthWhenHeard[index] = growth;
  }

  #moveEpoch(now: number): void {
    const shrink = Math.exp((this.#epoch - now) / this.#parameters.decayMs);
    this.#epoch = now;
    for (let i = 0; i < this.#grown.length; i++) {
      const grown = this.#grown[i] ?? UNKNOWN;
      if (grown >= 0) this.#grown[i] = grown * shrink;
      this.#growthWhenHeard[i] = (this.#growthWhenHeard[i] ?? 0) * shrink;
    }
  }
}
