// The run of one algorithm: a simulation, and the events in it since the last frame.
import type { Inspection, PickReason } from "@tandem/balancer/pickers";
import type { Result } from "../../sim/result.ts";
import type { Scenario } from "../../sim/scenario.ts";
import { Simulation } from "../../sim/simulation.ts";
import type { RequestOutcome, Tap } from "../../sim/tap.ts";
import type { Histogram } from "../../stats/histogram.ts";
import type { Choice } from "../run-state/run-state.ts";
import { withFaults } from "./own-faults.ts";
import type { End, Figures, LaneDetail, LaneFrame, Pick } from "./protocol.ts";

/** How many events a frame holds at most. A screen cannot show more between two frames. */
const MOST_EVENTS = 600;
const CURVE_POINTS = 240;
/** A bucket with more than this share of the requests that took as long or longer makes a step of the curve. */
const LEDGE = 0.2;
/** The buckets of a histogram are .8 % wide. */
const JUST_BEFORE = 0.996;

/** Keeps the latest events. When the list is full, the older half is dropped. */
class Recent<T> {
  #events: T[] = [];

  add(event: T): void {
    if (this.#events.length >= 2 * MOST_EVENTS) this.#events = this.#events.slice(-MOST_EVENTS);
    this.#events.push(event);
  }

  take(): T[] {
    const taken = this.#events.slice(-MOST_EVENTS);
    this.#events = [];
    return taken;
  }
}

class Watcher implements Tap {
  readonly picks = new Recent<Pick>();
  readonly ends = new Recent<End>();
  picked = 0;

  pick(atMs: number, request: number, balancer: number, server: number, why: PickReason): void {
    this.picked++;
    this.picks.add({ atMs, request, balancer, server, why });
  }

  end(atMs: number, _request: number, server: number, outcome: RequestOutcome): void {
    this.ends.add({ atMs, server, outcome });
  }
}

export class Lane {
  readonly #watcher = new Watcher();
  readonly #simulation: Simulation;
  readonly #faults = new Map<string, number>();
  #rowsShown = 0;

  constructor(scenario: Scenario, { algorithm, parameters }: Choice, seed: number) {
    const options = { algorithm, parameters, seed, tap: this.#watcher };
    this.#simulation = withFaults(this.#faults, () => new Simulation(scenario, options));
  }

  get now(): number {
    return this.#simulation.now;
  }

  /** Returns the number of picks since the beginning. */
  get picked(): number {
    return this.#watcher.picked;
  }

  get ended(): boolean {
    return this.now >= this.#simulation.endMs;
  }

  /** Runs until a moment. Does nothing for an earlier moment, because time never goes back. */
  runUntil(ms: number): void {
    withFaults(this.#faults, () => this.#simulation.runUntil(Math.max(ms, this.now)));
  }

  frame(withDetail: boolean): LaneFrame {
    const { servers, arrived, inFlight } = this.#simulation.snapshot();
    return {
      servers,
      arrived,
      inFlight,
      picks: this.#watcher.picks.take(),
      ends: this.#watcher.ends.take(),
      detail: withDetail ? this.#detail() : undefined,
    };
  }

  #detail(): LaneDetail {
    const result = this.#simulation.result();
    const firstRow = this.#rowsShown;
    const { rows, depth, intervalMs } = result.series;
    this.#rowsShown = rows.length;
    const [picker] = this.#simulation.pickers as readonly { inspect?(): Inspection }[];
    return {
      figures: figuresOf(result),
      firstRow,
      intervalMs,
      rows: rows.slice(firstRow),
      depth: depth.slice(firstRow),
      slower: curveOf(result.experiencedHistogram, result.counts.unanswered),
      inspection: picker?.inspect?.(),
      faults: [...this.#faults],
    };
  }
}

export function figuresOf(result: Result): Figures {
  const { latency, counts, successShare, goodputPerSecond, imbalance } = result;
  const { attempts, retries, probes, why, unstable, overloaded } = result;
  const servers = result.servers.map(({ name, share, utilization }) => ({
    name,
    share,
    utilization,
  }));
  return {
    latency,
    counts,
    successShare,
    unstable,
    overloaded,
    goodputPerSecond,
    imbalance,
    attempts,
    retries,
    probes,
    why,
    servers,
  };
}

/**
 * Returns points of a curve: a latency, and the share of the requests that took longer, of which `never` are never
 * answered. Of many buckets only every nth gives a point, so that there are about CURVE_POINTS points.
 */
function curveOf(histogram: Histogram, never: number): (readonly [number, number])[] {
  const points: (readonly [number, number])[] = [];
  const entries = [...histogram.entries()];
  const apart = Math.max(1, Math.floor(entries.length / CURVE_POINTS));
  const total = histogram.count + never;
  let left = total;
  for (const [at, [upTo, count]] of entries.entries()) {
    // Many requests of one latency, such as timeouts at their deadline: the curve is level up to there.
    if (at > 0 && count > left * LEDGE) points.push([upTo * JUST_BEFORE, left / total]);
    left -= count;
    // In the tail, where few answers took longer, every bucket gives a point.
    if (left > 0 && (at % apart === 0 || left < CURVE_POINTS)) points.push([upTo, left / total]);
  }
  return points;
}
