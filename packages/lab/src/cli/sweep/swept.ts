// Runs a sweep: every algorithm at every point with every seed.
import { runnerOf } from "../../parallel/executor.ts";
import { type Caveats, caveatsOf } from "../../scenarios/caveats.ts";
import { estimateOfSeeds, type MetricValues } from "../../scenarios/run-study.ts";
import type { Study } from "../../scenarios/study.ts";
import { expectedRequests } from "../../schema/work.ts";
import type { Axis } from "../../sweep/axis.ts";
import type { Entry, Point } from "../../sweep/grid.ts";
import { progress } from "../terminal.ts";
import type { Threads } from "../threads.ts";
import { type WarmUp, warmedUp } from "../warm-up.ts";
import type { Journal } from "./journal.ts";
import { MeasuredRuns } from "./measured-runs.ts";

export interface SweepRow extends Entry {
  readonly point: Point;
  readonly metrics: readonly MetricValues[];
  readonly caveats: Caveats;
}

export interface Swept {
  readonly study: Study;
  readonly axes: readonly Axis[];
  /** With the warm-up that was found, so that they can be run again as they are. */
  readonly points: readonly Point[];
  readonly seeds: readonly number[];
  readonly rows: readonly SweepRow[];
  readonly notes: readonly string[];
}

export interface SweepWork extends Pick<Swept, "study" | "axes" | "points" | "seeds"> {
  readonly warmUp: WarmUp | undefined;
  readonly anySize: boolean;
  readonly journal: Journal | undefined;
}

export async function swept(work: SweepWork, threads: Threads): Promise<Swept> {
  const { study, axes, seeds, anySize, journal } = work;
  const each = work.points.reduce(
    (sum, { scenario, entries }) => sum + expectedRequests(scenario) * entries.length,
    0,
  );
  const runner = runnerOf(threads.for({ requests: each * seeds.length }));
  const variants = work.points.map(({ label, scenario, entries }) => ({
    ...{ label, scenario },
    only: entries.map(({ candidate }) => candidate.label),
  }));
  const candidates = candidatesOf(work.points);
  try {
    const warmed = await warmedUp(variants, candidates, {
      ...{ wanted: work.warmUp, runner },
      progress,
    });
    const points = work.points.map((point, i) => ({
      ...point,
      scenario: warmed.variants[i]?.scenario ?? point.scenario,
    }));
    const runs = new MeasuredRuns({ runner, metrics: study.metrics, journal });
    const rows = points.flatMap((point) =>
      point.entries.map(async (entry): Promise<SweepRow> => {
        const { candidate } = entry;
        const own = seeds.map((seed) =>
          runs.of({ scenario: point.scenario, candidate, seed, anySize }),
        );
        const all = await Promise.all(own);
        const metrics = study.metrics.map((metric, i) => {
          const values = all.map((one) => one.values[i] ?? Number.NaN);
          return { metric, values, estimate: estimateOfSeeds(values) };
        });
        return { ...entry, point, metrics, caveats: caveatsOf(all.map((one) => one.caveats)) };
      }),
    );
    return { study, axes, points, seeds, rows: await Promise.all(rows), notes: warmed.notes };
  } finally {
    progress(undefined);
  }
}

/** Returns every algorithm of the points once, by its label. */
export function candidatesOf(points: readonly Point[]) {
  const all = points.flatMap(({ entries }) => entries.map(({ candidate }) => candidate));
  return [...new Map(all.map((candidate) => [candidate.label, candidate])).values()];
}
