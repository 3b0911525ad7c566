// Load = peak EWMA of the latency × requests it would then have (Finagle's PeakEwma; tower's peak_ewma.rs for the
// assumed first latency). One slow answer counts at once; fast answers bring the average down slowly. While a
// server does not answer, its average falls with the same time constant, so that a slow server is tried again. Time
// makes all averages fall by the same factor, so comparing them needs no such fall: each is kept as latency ×
// e^(time / τ), counted from an epoch that moves on before the numbers grow too large. A pick then needs neither
// clock nor exponential.

import type { FailureParameters } from "../common-options.ts";
import type { Outcome, PickServer } from "../picker.ts";
import { moved } from "../server-index.ts";
import type { Load } from "./load.ts";

export interface PeakEwmaParameters extends FailureParameters {
  /** Time constant of the moving average, and of its fall while no answer comes. */
  readonly decayMs: number;
  /** The latency assumed for a server while no server has answered; later the typical latency is assumed. */
  readonly initialMs: number;
  /** What is timed: until the answer's head, or until its end. */
  readonly measure: "header" | "last-byte";
}

/** The share of one answer in the typical latency of all servers. */
const TYPICAL_SHARE = 1 / 64;
const UNKNOWN = -1;
/** The epoch moves after this many time constants; e^200 times any latency is far below the largest number. */
const EPOCH = 200;

export class PeakEwma<S extends PickServer> implements Load<S> {
  readonly #clock: () => number;
  readonly #parameters: PeakEwmaParameters;
  /** Latency × e^((time of the server's last answer - epoch) / τ). */
  #grown = new Float64Array(0);
  /** e^((time of the server's last answer - epoch) / τ) */
  #growthWhenHeard = new Float64Array(0);
  #typical: number;
  #answered = false;
  /** The latency assumed for a server that has not answered, multiplied in the same way. */
  #assumed: number;
  #epoch: number;
  /** e^((time of the last answer of any server - epoch) / τ) */
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

  /** Comparable among servers, but not in milliseconds; `expectedMs` gives those. */
  of(index: number, server: S): number {
    const grown = this.#grown[index] ?? UNKNOWN;
    // Two returns instead of one conditional expression: the number is then never boxed, and the pick takes 2/3 of
    // the time.
    if (grown < 0) return this.#assumed * (server.inFlight + 1);
    return grown * (server.inFlight + 1);
  }

  /** The latency expected of a server at the time of the last answer of any server, milliseconds. */
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

  /** A failure counts as an invented time (`failureMs`), so only successful answers go into the typical latency. */
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
    // cost · r + ms · (1 - r), with r = e^-(time since the server's last answer / τ), or ms where that is a peak;
    // as stored, multiplied by e^(time / τ).
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
