// Draws one number for each algorithm in each variant: a dot with its confidence interval, and the number beside the
// dot.
import { type Drawing, type Figure, WIDE } from "./figure.ts";
import { head, line, round, text, textWidth } from "./frame.ts";
import { linear, logarithmic, type Scale, tickText } from "./scale.ts";
import { inksOf } from "./theme.ts";

export interface Dot {
  readonly group: string;
  readonly label: string;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  /** The text beside the dot. */
  readonly text: string;
  /** The value according to theory. It is drawn as a hollow ring. */
  readonly theory?: number;
}

export interface DotsSpec {
  readonly name: string;
  readonly question: string;
  readonly note: string;
  /** The name of the axis with its unit, such as "p99, ms". */
  readonly axis: string;
  readonly better: "lower" | "higher" | "neither";
  readonly dots: readonly Dot[];
}

export function dots(spec: DotsSpec): Figure {
  return {
    name: spec.name,
    question: spec.question,
    note: spec.note,
    columns: ["variant", "algorithm", spec.axis, "low", "high", "theory"],
    rows: spec.dots.map(({ group, label, value, low, high, theory }) => [
      group,
      label,
      value,
      low ?? Number.NaN,
      high ?? Number.NaN,
      theory ?? Number.NaN,
    ]),
    draw: (width) => drawDots(spec, width),
  };
}

const ROW = 19;

interface Lane {
  readonly left: number;
  readonly right: number;
}

function drawDots({ question, note, axis, better, dots }: DotsSpec, width: number): Drawing {
  const narrow = width < WIDE;
  const top = head(question, note, width);
  const labels = Math.max(...dots.map(({ label }) => textWidth(label)));
  const values = Math.max(...dots.map((dot) => textWidth(dot.text)));
  // In the narrow layout for phones the name is above its dot.
  const lane: Lane = {
    left: narrow ? 14 : 8 + labels + 18,
    right: width - values - 18,
  };
  const scale = scaleOf(dots, lane);
  const inks = inksOf(dots.map(({ label }) => label));
  const parts: string[] = [];
  let y = top.bottom + 10;
  for (const [group, own] of Map.groupBy(dots, (dot) => dot.group)) {
    y += 20;
    parts.push(text(8, y, group, { className: "strong" }));
    if (narrow) y += 5;
    const from = y + 6;
    const rows: string[] = [];
    for (const dot of own) {
      const ink = inks.get(dot.label) ?? 0;
      if (narrow) {
        y += 16;
        rows.push(text(lane.left, y, dot.label, { className: `t${ink}` }));
      }
      y += ROW;
      rows.push(drawDot(dot, ink, y - 4, narrow, lane, scale, width));
    }
    for (const tick of scale.ticks)
      parts.push(line(scale.at(tick), from, scale.at(tick), y + 3, "grid"));
    parts.push(...rows);
    y += 4;
  }
  y += 16;
  for (const tick of scale.ticks)
    parts.push(text(scale.at(tick), y, tickText(tick), { className: "soft", anchor: "middle" }));
  y += 18;
  const wish = better === "neither" ? "" : ` (${better} is better)`;
  parts.push(
    text((lane.left + lane.right) / 2, y, axis + wish, { className: "strong", anchor: "middle" }),
  );
  return { width, height: y + 14, body: [top.body, ...parts].join("\n") };
}

/**
 * Returns the scale, which is logarithmic when the values span more than a factor of twenty and none is zero. A wide
 * confidence interval may extend beyond the drawn range.
 */
function scaleOf(dots: readonly Dot[], { left, right }: Lane): Scale {
  const known = (all: readonly (number | undefined)[]) =>
    all.filter((value): value is number => value !== undefined && Number.isFinite(value));
  const values = known(dots.flatMap(({ value, theory }) => [value, theory]));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const wanted = Math.max(3, Math.floor((right - left) / 90));
  if (least > 0 && most / least > 20)
    return logarithmic([least * 0.8, most * 1.3], [left, right], wanted);
  const highest = Math.max(...known(dots.map(({ high }) => high)), most);
  const high = Math.min(highest, most + 0.3 * Math.abs(most));
  // A scale begins at 0 when the values differ much from each other. When all values are close
  // together (shares of successes near 100 %), the scale begins just below the least value.
  if (least < 0.6 * most || least === most)
    return linear([Math.min(0, least), high], [left, right], { wanted });
  const margin = (most - least) * 0.12;
  return linear(
    [least - margin, Math.min(high, most + (most - least) * 0.3) + margin],
    [left, right],
    {
      wanted,
      exact: true,
    },
  );
}

function drawDot(
  dot: Dot,
  ink: number,
  y: number,
  narrow: boolean,
  lane: Lane,
  scale: Scale,
  width: number,
): string {
  const parts: string[] = [];
  if (!narrow)
    parts.push(text(lane.left - 14, y + 4, dot.label, { className: `t${ink}`, anchor: "end" }));
  parts.push(text(width - 8, y + 4, dot.text, { anchor: "end" }));
  if (!Number.isFinite(dot.value)) return parts.join("");
  const { low, high, theory } = dot;
  const inside = (value: number) => Math.min(lane.right, Math.max(lane.left - 4, scale.at(value)));
  if (low !== undefined && high !== undefined && Number.isFinite(low))
    parts.push(line(inside(low), y, inside(high), y, `whisker k${ink}`));
  parts.push(
    `<circle class="f${ink} halo" cx="${round(scale.at(dot.value))}" cy="${round(y)}" r="5"/>`,
  );
  if (theory !== undefined && Number.isFinite(theory))
    parts.push(
      `<circle class="whisker k${ink}" cx="${round(scale.at(theory))}" cy="${round(y)}" r="8"/>`,
    );
  return parts.join("");
}
