// Load = peak EWMA of the latency × requests it would then have (Finagle's PeakEwma; tower's peak_ewma.rs
// for the assumed first latency). One slow answer counts at once, good ones are believed only by and by, and
// silence is forgiven with the same time constant, so that a slow server is tried again.

import type { PeakEwmaParameters } from "../parameters.ts";
import type { Outcome, PickServer } from "../picker.ts";
import { moved } from "../server-index.ts";
import type { Load } from "./load.ts";

/** The share of one answer in the typical latency of all servers. */
const TYPICAL_SHARE = 1 / 64;
const UNKNOWN = -1;

export class PeakEwma<S extends PickServer> implements Load<S> {
  readonly #clock: () => number;
  readonly #parameters: PeakEwmaParameters;
  #cost = new Float64Array(0);
  #at = new Float64Array(0);
  readonly #decayMs: number;
  #typical = UNKNOWN;
  /** What a server without an answer is taken to need. */
  #assumed: number;
  #time = 0;

  constructor(now: () => number, parameters: PeakEwmaParameters) {
    this.#clock = now;
    this.#parameters = parameters;
    this.#decayMs = parameters.decayMs;
    this.#assumed = parameters.initialMs;
  }

  update(from: Int32Array): void {
    this.#cost = moved(this.#cost, from, UNKNOWN);
    this.#at = moved(this.#at, from, 0);
  }

  /** As of the last answer: from then on all fade alike, so the clock need not be read to compare them. */
  begin(): void {}

  of(index: number, server: S): number {
    // One expression in one function: the engine inlines it into the pick, and no number is boxed.
    const cost = this.#cost[index] ?? UNKNOWN;
    const latency =
      cost === UNKNOWN
        ? this.#assumed
        : cost * Math.exp(((this.#at[index] ?? 0) - this.#time) / this.#decayMs);
    return latency * (server.inFlight + 1);
  }

  firstByte(index: number, ms: number): void {
    if (this.#parameters.measure === "header") this.#answered(index, ms);
  }

  ended(index: number, outcome: Outcome, ms: number): void {
    if (outcome === "cancelled") return;
    if (outcome !== "ok") this.#observe(index, Math.max(ms, this.#parameters.failureMs));
    else if (this.#parameters.measure === "last-byte") this.#answered(index, ms);
  }

  /** What a failure is scored is no typical latency, so only answers count towards that. */
  #answered(index: number, ms: number): void {
    const typical = this.#typical;
    this.#typical = typical === UNKNOWN ? ms : typical + (ms - typical) * TYPICAL_SHARE;
    this.#assumed = this.#typical;
    this.#observe(index, ms);
  }

  #observe(index: number, ms: number): void {
    this.#time = this.#clock();
    const old = this.#cost[index] ?? UNKNOWN;
    const remaining = Math.exp(((this.#at[index] ?? 0) - this.#time) / this.#decayMs);
    const peak = old === UNKNOWN || ms > old * remaining;
    this.#cost[index] = peak ? ms : old * remaining + ms * (1 - remaining);
    this.#at[index] = this.#time;
  }
}
