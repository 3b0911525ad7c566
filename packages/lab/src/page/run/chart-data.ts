// Turns what a run has shown so far into the columns of the page's charts. The first column is the horizontal axis.
// null means that there is nothing to draw.
import type { SeriesRow } from "../../sim/series.ts";
import type { LaneHistory } from "./experiment.ts";

export type Column = (number | null)[];

type Shown = Pick<LaneHistory, "rows" | "detail">;

/** The share of a chart's width, as a factor on its logarithmic axis, for which a curve of lost requests goes on. */
const BEYOND = 2;

/** Returns how many requests of an interval were lost, and how many ended well or were lost. */
function lossOf(row: SeriesRow): { readonly lost: number; readonly of: number } {
  const lost = row.failed + row.timeout + row.rejected + row.unanswered;
  return { lost, of: lost + row.ok };
}

/** Returns the share of all requests that were lost, 0 to 1, since the beginning of the run. */
export function lostShare({ rows }: Pick<Shown, "rows">): number {
  let [lost, all] = [0, 0];
  for (const row of rows) {
    const loss = lossOf(row);
    lost += loss.lost;
    all += loss.of;
  }
  return all === 0 ? 0 : lost / all;
}

/** Returns the columns: seconds; for A and then B the p99 and the p50; for A and then B the lost requests in per cent. */
export function stripColumns(lanes: readonly Shown[]): Column[] {
  const [a, b] = lanes;
  const longest = (b?.rows.length ?? 0) > (a?.rows.length ?? 0) ? b : a;
  const rows = longest?.rows ?? [];
  const column = (lane: Shown | undefined, of: (row: SeriesRow) => number): Column =>
    rows.map((_, at) => {
      const row = lane?.rows[at];
      const value = row === undefined ? 0 : of(row);
      return value > 0 ? value : null;
    });
  const per100 = (row: SeriesRow) => (100 * lossOf(row).lost) / Math.max(1, lossOf(row).of);
  return [
    rows.map(({ atMs }) => atMs / 1000),
    ...[a, b].flatMap((lane) => [
      column(lane, (row) => row.p99Ms),
      column(lane, (row) => row.p50Ms),
    ]),
    // A curve of losses has zeros, so that its area ends where the losses end. Without any loss there is no curve.
    ...[a, b].map((lane) => {
      const lost = column(lane, per100);
      return lost.some((share) => share !== null) ? lost.map((share) => share ?? 0) : lost;
    }),
  ];
}

/**
 * Returns a table for each lane: latencies, and the share of the requests that took longer. Where requests are never
 * answered, the curve goes on level.
 */
export function tailTables(lanes: readonly Shown[]): [number[], number[]][] {
  const longest = Math.max(...lanes.map(({ detail }) => detail?.slower.at(-1)?.[0] ?? 0));
  return [0, 1].map((lane) => {
    const detail = lanes[lane]?.detail;
    const points = [...(detail?.slower ?? [])];
    const last = points.at(-1);
    if (last !== undefined && (detail?.figures.counts.unanswered ?? 0) > 0)
      points.push([longest * BEYOND, last[1]]);
    return [points.map(([value]) => value), points.map(([, share]) => share)];
  });
}
