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
  #typical = UNKNOWN;
  #time = 0;

  constructor(now: () => number, parameters: PeakEwmaParameters) {
    this.#clock = now;
    this.#parameters = parameters;
  }

  update(from: Int32Array): void {
    this.#cost = moved(this.#cost, from, UNKNOWN);
    this.#at = moved(this.#at, from, 0);
  }

  begin(): void {
    this.#time = this.#clock();
  }

  of(index: number, server: S): number {
    return this.latency(index) * (server.inFlight + 1);
  }

  /** What is expected of the server now, milliseconds. */
  latency(index: number): number {
    const cost = this.#cost[index] ?? UNKNOWN;
    if (cost !== UNKNOWN) return cost * this.#remaining(index);
    return this.#typical === UNKNOWN ? this.#parameters.initialMs : this.#typical;
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
    this.#observe(index, ms);
  }

  #observe(index: number, ms: number): void {
    this.begin();
    const old = this.#cost[index] ?? UNKNOWN;
    const remaining = this.#remaining(index);
    const peak = old === UNKNOWN || ms > old * remaining;
    this.#cost[index] = peak ? ms : old * remaining + ms * (1 - remaining);
    this.#at[index] = this.#time;
  }

  #remaining(index: number): number {
    const age = Math.max(0, this.#time - (this.#at[index] ?? 0));
    return Math.exp(-age / this.#parameters.decayMs);
  }
}
