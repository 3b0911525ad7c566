// Draws the share of requests that took longer than a given time (CCDF), on logarithmic axes. There
// the slowest requests fill a third of the picture. On linear axes they would fill the last pixel.
import type { Histogram } from "../stats/histogram.ts";
import type { Figure } from "./figure.ts";
import { lines, type Point } from "./lines.ts";

/** A curve is drawn with about this many points. With more points it would not look smoother. */
const MOST_POINTS = 160;
/**
 * A curve ends where fewer than this many requests took longer, because so few requests give no
 * reliable information.
 */
const FEWEST = 5;

export interface Tail {
  readonly label: string;
  /** The latencies of all requests that ended, timeouts at their deadline included. */
  readonly histogram: Histogram;
  /** How many more requests are never answered. Their curve does not fall below their share. */
  readonly never: number;
}

function tail({ histogram, never }: Tail): Point[] {
  const points: Point[] = [];
  const total = histogram.count + never;
  let above = total;
  for (const [upTo, count] of histogram.entries()) {
    above -= count;
    if (above < FEWEST) {
      // Many requests of one latency, such as timeouts at their deadline: the curve is level up to there.
      const last = points.at(-1);
      if (count >= FEWEST && last !== undefined) points.push({ x: upTo, y: last.y });
      break;
    }
    points.push({ x: upTo, y: (100 * above) / total });
  }
  return thinned(points);
}

/**
 * Thins the points to even steps on the logarithmic axes. So the tail, which has few requests,
 * keeps enough points.
 */
function thinned(points: readonly Point[]): Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const far = (a: Point, b: Point) =>
    Math.abs(Math.log(a.x / b.x)) / Math.log(last.x / first.x) +
    Math.abs(Math.log(a.y / b.y)) / Math.log(first.y / last.y);
  const kept: Point[] = [first];
  for (const point of points) {
    const former = kept.at(-1);
    if (former !== undefined && far(former, point) > 2 / MOST_POINTS) kept.push(point);
  }
  return kept;
}

export function ccdf(
  name: string,
  question: string,
  note: string,
  entries: readonly Tail[],
): Figure {
  const curves = entries
    .filter(({ histogram }) => histogram.count > 0)
    .map((entry) => ({ label: entry.label, points: tail(entry), never: entry.never, dots: false }));
  // Times that nearly all requests exceed are left out, so the axis begins where the curves differ.
  const start = Math.min(
    ...curves.map(({ points }) => points.findLast(({ y }) => y > 95)?.x ?? points[0]?.x ?? 1),
  );
  const end = Math.max(...curves.map(({ points }) => points.at(-1)?.x ?? 1));
  return lines({
    name,
    question,
    note,
    x: { label: "latency", unit: "ms", log: true, domain: [start, end] },
    y: { label: "requests that took longer", unit: "%", log: true },
    legend: true,
    curves: curves.map(({ never, points, ...curve }) => {
      const last = points.at(-1);
      const level = never >= FEWEST && last !== undefined ? [{ x: end, y: last.y }] : [];
      return { ...curve, points: [...points.filter(({ x }) => x >= start), ...level] };
    }),
  });
}
