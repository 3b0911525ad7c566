// How finely a run is measured over time: the interval of its series and the time between samples of its queues.
import type { Scenario } from "./scenario.ts";

/** A run from this length on has a row a second. A shorter one has this many rows up to its last arrival. */
const LONG_MS = 20_000;
const SHORT_ROWS = 60;
/**
 * The rows of a short run, those after the last arrival included, are no more than these. Without this bound a run of a
 * millisecond whose requests may take a minute to end would have millions of rows.
 */
const MOST_ROWS = 1_200;
const SAMPLES_PER_ROW = 10;

/** Returns when the run ends: how long requests under way may take is included. */
export const endOfRun = ({
  durationMs,
  drainMs,
  client,
}: Pick<Scenario, "durationMs" | "drainMs" | "client">): number =>
  durationMs + (drainMs ?? client?.timeoutMs ?? 0);

/** Returns the interval of the time series and the time between samples of the queues, in milliseconds. */
export function measureTimes(scenario: Scenario): {
  readonly seriesMs: number;
  readonly sampleMs: number;
} {
  const { durationMs, measure } = scenario;
  const usual =
    durationMs >= LONG_MS
      ? 1000
      : Math.max(durationMs / SHORT_ROWS, endOfRun(scenario) / MOST_ROWS);
  const seriesMs = measure?.seriesMs ?? usual;
  return { seriesMs, sampleMs: measure?.sampleMs ?? seriesMs / SAMPLES_PER_ROW };
}
