// Draws curves, each with its confidence band and the values of theory if there are any.
import { type Axis, type Box, drawAxes, scaleX, scaleY } from "./axes.ts";
import { type Drawing, type Figure, WIDE } from "./figure.ts";
import { head, line, round, spread, text, textWidth } from "./frame.ts";
import type { Scale } from "./scale.ts";
import { inksOf } from "./theme.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

export interface Curve {
  readonly label: string;
  readonly points: readonly Point[];
  /** The values of theory. They are drawn dotted in the colour of the curve. */
  readonly theory?: readonly Point[];
  /** Whether every point is marked. By default, points are marked only when there are few. */
  readonly dots?: boolean;
}

export interface LinesSpec {
  readonly name: string;
  readonly question: string;
  readonly note: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly curves: readonly Curve[];
  /**
   * Whether a legend above the picture names the curves. Otherwise a name stands at the end of each
   * curve, which needs ends that are far enough apart.
   */
  readonly legend?: boolean;
  /** Limits drawn as horizontal lines with a name, such as a deadline. */
  readonly limits?: readonly { readonly y: number; readonly label: string }[];
}

export function lines(spec: LinesSpec): Figure {
  const { name, question, note, x, y, curves } = spec;
  return {
    name,
    question,
    note,
    columns: ["series", x.label, y.label, "low", "high", "theory"],
    rows: curves.flatMap(({ label, points, theory }) =>
      points.map((point, i) => [
        label,
        point.x,
        point.y,
        point.low ?? Number.NaN,
        point.high ?? Number.NaN,
        theory?.[i]?.y ?? Number.NaN,
      ]),
    ),
    draw: (width) => drawLines(spec, width),
  };
}

const HEIGHT = 300;

function drawLines(spec: LinesSpec, width: number): Drawing {
  const { question, note, x, y, curves, limits = [] } = spec;
  const narrow = width < WIDE;
  const onTop = narrow || spec.legend === true;
  const inks = inksOf(curves.map(({ label }) => label));
  const legend = onTop ? curves.map(({ label }) => ({ label, ink: inks.get(label) ?? 0 })) : [];
  const top = head(question, note, width, legend);
  const labels = Math.max(...curves.map(({ label }) => textWidth(label, 13)));
  const box: Box = {
    left: 56,
    right: onTop ? width - 14 : width - labels - 30,
    top: top.bottom + 30,
    bottom: top.bottom + 30 + (narrow ? HEIGHT - 60 : HEIGHT),
  };
  const all = curves.flatMap(({ points, theory = [] }) => [...points, ...theory]);
  const xScale = scaleX(
    x,
    all.map((point) => point.x),
    box,
  );
  const bounds = all.flatMap((point) => [point.y, point.low ?? point.y, point.high ?? point.y]);
  const yScale = scaleY(y, [...bounds, ...limits.map((limit) => limit.y)], box);
  const body = [
    top.body,
    drawAxes(box, [x, xScale], [y, yScale]),
    ...limits.map((limit) => drawLimit(limit, box, yScale)),
    ...curves.map((curve) => drawCurve(curve, inks.get(curve.label) ?? 0, xScale, yScale)),
    onTop ? "" : endLabels(curves, inks, box, xScale, yScale),
  ];
  return { width, height: box.bottom + 46, body: body.filter((part) => part !== "").join("\n") };
}

function drawLimit(
  limit: { readonly y: number; readonly label: string },
  { left, right }: Box,
  yScale: Scale,
): string {
  const at = yScale.at(limit.y);
  return (
    line(left, at, right, at, "theory axis") +
    text(left + 6, at - 5, limit.label, { className: "soft" })
  );
}

const path = (points: readonly (readonly [number, number])[]) =>
  points.map(([px, py], i) => `${i === 0 ? "M" : "L"}${round(px)} ${round(py)}`).join("");

function drawCurve(
  { points, theory = [], dots = points.length <= 15 }: Curve,
  ink: number,
  xScale: Scale,
  yScale: Scale,
): string {
  const known = points.filter((point) => Number.isFinite(point.y));
  const place = (px: number, py: number) => [xScale.at(px), yScale.at(py)] as const;
  const parts: string[] = [];
  const banded = known.filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high));
  if (banded.length > 1) {
    const upper = banded.map((point) => place(point.x, point.high ?? point.y));
    const lower = banded.map((point) => place(point.x, point.low ?? point.y)).toReversed();
    parts.push(`<path class="area f${ink}" d="${path([...upper, ...lower])}Z"/>`);
  }
  if (theory.length > 1)
    parts.push(`<path class="theory k${ink}" d="${path(theory.map((p) => place(p.x, p.y)))}"/>`);
  parts.push(`<path class="curve k${ink}" d="${path(known.map((p) => place(p.x, p.y)))}"/>`);
  if (dots)
    for (const point of known) {
      const [px, py] = place(point.x, point.y);
      parts.push(`<circle class="f${ink} halo" cx="${round(px)}" cy="${round(py)}" r="4"/>`);
    }
  return parts.join("\n");
}

/**
 * Draws names at the ends of their curves. Names are moved apart, and a thin line leads to each name that was moved.
 */
function endLabels(
  curves: readonly Curve[],
  inks: ReadonlyMap<string, number>,
  box: Box,
  xScale: Scale,
  yScale: Scale,
): string {
  const ends = curves.map(({ points }) => points.findLast((point) => Number.isFinite(point.y)));
  const wanted = ends.map((end) => (end === undefined ? box.bottom : yScale.at(end.y)));
  const placed = spread(wanted, 15, [box.top, box.bottom]);
  return curves
    .map(({ label }, i) => {
      const end = ends[i];
      if (end === undefined) return "";
      const at = placed[i] ?? 0;
      const ink = inks.get(label) ?? 0;
      const from = xScale.at(end.x) + 6;
      const leader = line(from, wanted[i] ?? at, box.right + 12, at, `grid k${ink}`);
      return leader + text(box.right + 16, at + 4, label, { className: `t${ink} strong` });
    })
    .join("\n");
}
