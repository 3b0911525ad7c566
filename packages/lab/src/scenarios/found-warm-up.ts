// Finds the warm-up of a scenario that names none. Each algorithm runs with a few seeds; the latencies of the nth requests
// are averaged over the seeds, and MSER-5 says how many requests belong to the beginning. The longest beginning of all
// algorithms counts, so that all are measured over the same time.
import type { Scenario } from "../sim/scenario.ts";
import { simulate } from "../sim/simulation.ts";
import type { Tap } from "../sim/tap.ts";
import { BATCH, mser } from "../stats/mser.ts";
import type { Candidate } from "./study.ts";

/** Averages over this many runs: one run alone is too noisy for the rule (Hoad, Robinson and Davies 2010 use five). */
const PILOT_SEEDS: readonly number[] = [1, 2, 3, 4, 5];
/** At most so many batches are kept. Longer runs have batches of more requests. */
const MOST_BATCHES = 100_000;

export interface FoundWarmUp {
  /** Virtual time from the start of the run. Requests that arrive before it are not measured. */
  readonly warmupMs: number;
  /** Whether a beginning could be told from the rest. If not, `warmupMs` is half of the run. */
  readonly settled: boolean;
}

/**
 * Whether the scenario stays the same all the time, so that it has a beginning and a rest. What changes with time, such as
 * a fault, a rush or a log, is measured as a whole, and its warm-up cannot be found.
 */
export function isSteady({ faults = [], servers, traffic }: Scenario): boolean {
  if (faults.length > 0 || servers.some(({ joinsAtMs = 0 }) => joinsAtMs > 0)) return false;
  if (traffic.kind === "closed") return true;
  const { arrivals } = traffic;
  if (arrivals.kind === "trace") return false;
  return arrivals.kind !== "poisson" || typeof arrivals.rate === "number";
}

/** Finds the warm-up. The scenario's own one is ignored. `progress` is called before each run. */
export function findWarmUp(
  scenario: Scenario,
  candidates: readonly Candidate[],
  progress?: () => void,
): FoundWarmUp {
  const found = candidates.map((candidate) => {
    const runs = PILOT_SEEDS.map((seed) => {
      progress?.();
      const recorder = new Recorder();
      // Whether the scenario may be as large as it is was decided where it came from.
      simulate({ ...scenario, warmupMs: 0 }, { ...candidate, seed, tap: recorder, anySize: true });
      return recorder;
    });
    return cutOf(runs, scenario.durationMs);
  });
  return longestWarmUp(found);
}

/** Returns the warm-up that is long enough for several algorithms. */
export function longestWarmUp(found: readonly FoundWarmUp[]): FoundWarmUp {
  return {
    warmupMs: Math.max(0, ...found.map(({ warmupMs }) => warmupMs)),
    settled: found.every(({ settled }) => settled),
  };
}

function cutOf(runs: readonly Recorder[], durationMs: number): FoundWarmUp {
  const requests = Math.min(...runs.map(({ latencies }) => latencies.length));
  const size = Math.max(BATCH, Math.ceil(requests / MOST_BATCHES));
  const batches = Array.from({ length: Math.floor(requests / size) }, (_, batch) => {
    let sum = 0;
    for (const { latencies } of runs)
      for (let i = batch * size; i < (batch + 1) * size; i++) sum += latencies[i] ?? 0;
    return sum / size / runs.length;
  });
  const { cut, settled } = mser(batches);
  if (!settled) return { warmupMs: durationMs / 2, settled };
  const until = runs.reduce((sum, { arrivals }) => sum + (arrivals[cut * size] ?? 0), 0);
  return { warmupMs: cut === 0 ? 0 : Math.ceil(until / runs.length), settled };
}

/**
 * Records the latency of each request in the order of arrival, also of those that were given up. Requests that are never
 * answered have none and are left out.
 */
class Recorder implements Tap {
  readonly #arrivals: number[] = [];
  readonly #latencies: number[] = [];

  arrival(time: number, request: number): void {
    this.#arrivals[request] = time;
  }

  end(_time: number, request: number, _server: number, _outcome: string, latencyMs: number): void {
    this.#latencies[request] = latencyMs;
  }

  get latencies(): readonly number[] {
    return this.#latencies;
  }
  get arrivals(): readonly number[] {
    return this.#arrivals;
  }
}
