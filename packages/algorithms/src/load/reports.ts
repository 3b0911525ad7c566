// Turns the load that servers report into weights (gRPC proposal A58). A server's reports are used
// only after the server has reported for `blackoutMs`, because the first requests of a freshly
// started server say little. A report is forgotten after `expiryMs`. A server without a usable
// report gets the mean weight of the other servers, reduced when its requests fail.
import type { LoadReport } from "../picker.ts";
import { moved } from "../server-index.ts";

export interface ReportsParameters {
  /** How long a server has to send reports before its reports are used. */
  readonly blackoutMs: number;
  /** A report older than this is ignored. */
  readonly expiryMs: number;
  /**
   * How much errors cost: errors per request × this number is added to the reported utilization.
   */
  readonly errorPenalty: number;
}

const NEVER = Number.NEGATIVE_INFINITY;

export class Reports {
  readonly #parameters: ReportsParameters;
  #reported = new Float64Array(0);
  #since = new Float64Array(0);
  #last = new Float64Array(0);
  #ended = new Float64Array(0);
  #failed = new Float64Array(0);
  /** One weight per server, above 0, as the last call of `weigh` computed it. */
  weights = new Float64Array(0);

  constructor(parameters: ReportsParameters) {
    this.#parameters = parameters;
  }

  update(from: Int32Array): void {
    this.#reported = moved(this.#reported, from, 0);
    this.#since = moved(this.#since, from, NEVER);
    this.#last = moved(this.#last, from, NEVER);
    this.#ended = moved(this.#ended, from, 0);
    this.#failed = moved(this.#failed, from, 0);
    this.weights = new Float64Array(from.length);
  }

  add(index: number, load: LoadReport, now: number): void {
    const { utilization = 0, requestsPerSecond = 0, errorsPerSecond = 0 } = load;
    if (!(utilization > 0) || !(requestsPerSecond > 0)) return;
    const told = Math.max(0, errorsPerSecond) / requestsPerSecond;
    const cost = Math.max(told, this.#errorRate(index)) * this.#parameters.errorPenalty;
    this.#reported[index] = requestsPerSecond / (utilization + cost);
    if (now - (this.#last[index] ?? NEVER) >= this.#parameters.expiryMs) this.#since[index] = now;
    this.#last[index] = now;
  }

  ended(index: number, failed: boolean): void {
    this.#ended[index] = (this.#ended[index] ?? 0) + 1;
    if (failed) this.#failed[index] = (this.#failed[index] ?? 0) + 1;
  }

  /** Computes the weights again. Returns how many servers had usable reports. Allocates nothing. */
  weigh(now: number): number {
    const { weights } = this;
    let reporters = 0;
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight = this.#believed(i, now) ? (this.#reported[i] ?? 0) : 0;
      weights[i] = weight;
      if (weight === 0) continue;
      reporters += 1;
      sum += weight;
    }
    const mean = reporters === 0 ? 1 : sum / reporters;
    const { errorPenalty } = this.#parameters;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] === 0) weights[i] = mean / (1 + errorPenalty * this.#errorRate(i));
      // The counts are halved at each computation, so that old requests count less and less.
      this.#ended[i] = (this.#ended[i] ?? 0) / 2;
      this.#failed[i] = (this.#failed[i] ?? 0) / 2;
    }
    return reporters;
  }

  #believed(index: number, now: number): boolean {
    const { blackoutMs, expiryMs } = this.#parameters;
    const [since, last] = [this.#since[index] ?? NEVER, this.#last[index] ?? NEVER];
    return last !== NEVER && now - last < expiryMs && now - since >= blackoutMs;
  }

  #errorRate(index: number): number {
    const ended = this.#ended[index] ?? 0;
    return ended === 0 ? 0 : (this.#failed[index] ?? 0) / ended;
  }
}
