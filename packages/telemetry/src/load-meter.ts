// Measures the load of a tier, which the tier reports to balancers. The report has four parts. The first is the
// number of requests in flight. The second is how long a request takes at that number: the median of the latest
// completions that began with about as many in flight (Prequal, NSDI'24, §4). The third is requests and errors per
// second. The last is how busy the event loop is; for a process of one thread that is the best measure of
// "application utilization". The report has ORCA's text form, so that other balancers can read it too.
import { type EventLoopUtilization, performance } from "node:perf_hooks";

/** The response field that carries the report, and the path at which balancers ask for the report (probes). */
export const LOAD_FIELD = "endpoint-load-metrics";
export const LOAD_PATH = "/.well-known/tandem/load";

/** How many completed requests are remembered. The latency is the median time of SAMPLE of them. */
const REMEMBERED = 256;
const SAMPLE = 16;
/**
 * The greatest age of a report that is sent with an answer. The report for a probe is always new.
 */
const FRESH_MS = 100;
const WINDOW_MS = 1_000;

export class LoadMeter {
  readonly #now: () => number;
  readonly #rifs = new Int32Array(REMEMBERED);
  readonly #tookMs = new Float64Array(REMEMBERED);
  #completions = 0;
  #inFlight = 0;
  #failures = 0;
  #window = { at: 0, completions: 0, failures: 0, loop: NO_LOOP };
  #perSecond = { requests: 0, errors: 0, busy: 0 };
  #text = "";
  #textAt = Number.NEGATIVE_INFINITY;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#window = { at: now(), completions: 0, failures: 0, loop: loopNow() };
  }

  /**
   * Counts a request that has come. Returns how many requests are in flight, this one included; pass that number to
   * `end`.
   */
  begin(): number {
    this.#inFlight += 1;
    return this.#inFlight;
  }

  /** How many requests are in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Counts a request that has ended after `ms`; `rif` is the number that `begin` returned for the request. */
  end(rif: number, ms: number, failed: boolean): void {
    this.#inFlight -= 1;
    const at = this.#completions % REMEMBERED;
    this.#rifs[at] = rif;
    this.#tookMs[at] = ms;
    this.#completions += 1;
    if (failed) this.#failures += 1;
  }

  /**
   * Returns the median time in milliseconds of recent requests that began with about as many
   * requests in flight as now; undefined until a request has ended.
   */
  latencyMs(): number | undefined {
    const known = Math.min(this.#completions, REMEMBERED);
    if (known === 0) return undefined;
    const wanted = this.#inFlight + 1; // the number that `begin` would return next
    for (let reach = Math.ceil(wanted / 8); ; reach *= 2) {
      const sample = this.#near(wanted, reach, known);
      if (sample.length < Math.min(SAMPLE, known)) continue;
      sample.sort((a, b) => a - b);
      return sample[sample.length >> 1];
    }
  }

  /** Makes a report of the present load. */
  report(): string {
    const now = this.#now();
    const { requests, errors, busy } = this.#rates(now);
    const latency = this.latencyMs();
    const told = latency === undefined ? "" : `,named_metrics.latency_ms=${latency.toFixed(3)}`;
    this.#textAt = now;
    this.#text =
      `TEXT application_utilization=${busy.toFixed(3)},rps_fractional=${requests.toFixed(2)},` +
      `eps=${errors.toFixed(2)},named_metrics.in_flight=${this.#inFlight}${told}`;
    return this.#text;
  }

  /**
   * Returns the last report, or a new one when the last report is older than FRESH_MS. Called for
   * every answer with a report, so it has to cost next to nothing.
   */
  recent(): string {
    return this.#now() - this.#textAt < FRESH_MS ? this.#text : this.report();
  }

  /**
   * Returns the times, in milliseconds, of the latest requests that began with `rif` requests in
   * flight, or at most `reach` more or fewer.
   */
  #near(rif: number, reach: number, known: number): number[] {
    const sample: number[] = [];
    for (let back = 1; back <= known && sample.length < SAMPLE; back++) {
      const at = (this.#completions - back) % REMEMBERED;
      if (Math.abs((this.#rifs[at] ?? 0) - rif) <= reach) sample.push(this.#tookMs[at] ?? 0);
    }
    return sample;
  }

  /** Returns the rates of about the last second. */
  #rates(now: number): {
    readonly requests: number;
    readonly errors: number;
    readonly busy: number;
  } {
    const { at, completions, failures, loop } = this.#window;
    const ms = now - at;
    if (ms < WINDOW_MS) return this.#perSecond;
    const loopAt = loopNow();
    // rule zero: (CONTRIBUTING.md) not the injected clock, because only Node knows how busy the event loop is
    const { utilization } = performance.eventLoopUtilization(loopAt, loop);
    this.#perSecond = {
      requests: ((this.#completions - completions) * 1000) / ms,
      errors: ((this.#failures - failures) * 1000) / ms,
      busy: utilization,
    };
    this.#window = {
      ...{ at: now, completions: this.#completions, failures: this.#failures, loop: loopAt },
    };
    return this.#perSecond;
  }
}

const NO_LOOP: EventLoopUtilization = { idle: 0, active: 0, utilization: 0 };

function loopNow(): EventLoopUtilization {
  // rule zero: (CONTRIBUTING.md) not the injected clock, because only Node knows how busy the event loop is
  return performance.eventLoopUtilization();
}
