// Turns what a run has shown so far into the columns of the page's charts. The first column is the horizontal axis.
// null means that there is nothing to draw.
import type { SeriesRow } from "../../sim/series.ts";
import type { LaneHistory } from "./experiment.ts";

export type Column = (number | null)[];

type Shown = Pick<LaneHistory, "rows" | "detail">;

/** The share of a chart's width, as a factor on its logarithmic axis, for which a curve of lost requests goes on. */
const BEYOND = 2;

interface Loss {
  readonly lost: number;
  /** How many ended well or were lost. */
  readonly of: number;
}

/**
 * Returns what was lost in each interval. In an unstable run the backlog counts as never answered (see unanswered.ts),
 * so an interval loses what the requests under way grew by.
 */
function lossesOf({ rows, detail }: Shown): Loss[] {
  const unstable = detail?.figures.unstable !== undefined;
  return rows.map((row, at) => {
    const growth = row.underWay - (rows[at - 1]?.underWay ?? 0);
    return lossOf(row, unstable ? Math.max(0, growth) : row.unanswered);
  });
}

function lossOf({ ok, failed, timeout, rejected }: SeriesRow, unanswered: number): Loss {
  const lost = failed + timeout + rejected + unanswered;
  return { lost, of: lost + ok };
}

const per100 = ({ lost, of }: Loss = { lost: 0, of: 0 }) => (100 * lost) / Math.max(1, of);

/** Returns the share of all requests that were lost, 0 to 1, since the beginning of the run. */
export function lostShare({ rows, detail }: Shown): number {
  const unstable = detail?.figures.unstable !== undefined;
  let [lost, all] = [0, 0];
  for (const row of rows) {
    const loss = lossOf(row, unstable ? 0 : row.unanswered);
    lost += loss.lost;
    all += loss.of;
  }
  const backlog = unstable ? (rows.at(-1)?.underWay ?? 0) : 0;
  return all + backlog === 0 ? 0 : (lost + backlog) / (all + backlog);
}

/** Returns the columns: seconds; for A and then B the p99 and the p50; for A and then B the lost requests in per cent. */
export function stripColumns(lanes: readonly Shown[]): Column[] {
  const [a, b] = lanes;
  const longest = (b?.rows.length ?? 0) > (a?.rows.length ?? 0) ? b : a;
  const rows = longest?.rows ?? [];
  const column = (lane: Shown | undefined, of: (row: SeriesRow, at: number) => number): Column =>
    rows.map((_, at) => {
      const row = lane?.rows[at];
      const value = row === undefined ? 0 : of(row, at);
      return value > 0 ? value : null;
    });
  return [
    rows.map(({ atMs }) => atMs / 1000),
    ...[a, b].flatMap((lane) => [
      column(lane, (row) => row.p99Ms),
      column(lane, (row) => row.p50Ms),
    ]),
    // A curve of losses has zeros, so that its area ends where the losses end. Without any loss there is no curve.
    ...[a, b].map((lane) => {
      const losses = lane === undefined ? [] : lossesOf(lane);
      const lost = column(lane, (_, at) => per100(losses[at]));
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
