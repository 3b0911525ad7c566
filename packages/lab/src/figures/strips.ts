// Draws one measure over time: one strip per algorithm, all on one scale, with the periods of faults behind the curves.
import { type Axis, axisName, scaleX, scaleY } from "./axes.ts";
import type { Band } from "./bands.ts";
import { type Drawing, type Figure, WIDE } from "./figure.ts";
import { head, line, round, text } from "./frame.ts";
import { type Scale, tickText } from "./scale.ts";
import { inksOf } from "./theme.ts";

export interface Strip {
  readonly label: string;
  /** Pairs of seconds and value. */
  readonly points: readonly (readonly [number, number])[];
}

export interface StripsSpec {
  readonly name: string;
  readonly question: string;
  readonly note: string;
  readonly y: Axis;
  readonly bands: readonly Band[];
  readonly strips: readonly Strip[];
}

export function strips(spec: StripsSpec): Figure {
  return {
    name: spec.name,
    question: spec.question,
    note: spec.note,
    columns: ["series", "time, s", axisName(spec.y)],
    rows: spec.strips.flatMap(({ label, points }) =>
      points.map(([second, value]) => [label, second, value]),
    ),
    draw: (width) => drawStrips(spec, width),
  };
}

const HEIGHT = 62;
const GAP = 30;

function drawStrips({ question, note, y, bands, strips }: StripsSpec, width: number): Drawing {
  const top = head(question, note, width);
  const inks = inksOf(strips.map(({ label }) => label));
  const [left, right] = [56, width - 14];
  const seconds = strips.flatMap(({ points }) => points.map(([second]) => second));
  const values = strips.flatMap(({ points }) => points.map(([, value]) => value));
  const x: Axis = { label: "time", unit: "s" };
  const parts: string[] = [top.body];
  parts.push(text(8, top.bottom + 14, axisName(y), { className: "strong" }));
  let begin = top.bottom + 44;
  const xScale = scaleX(x, seconds, { left, right, top: 0, bottom: 0 });
  for (const [i, strip] of strips.entries()) {
    const box = { left, right, top: begin, bottom: begin + HEIGHT };
    const yScale = scaleY(y, values, box);
    for (const band of bands) parts.push(drawBand(band, box, xScale, i === 0 && width >= WIDE));
    for (const tick of [yScale.ticks[0] ?? 0, yScale.ticks.at(-1) ?? 0]) {
      parts.push(line(left, yScale.at(tick), right, yScale.at(tick), "grid"));
      parts.push(
        text(left - 6, yScale.at(tick) + 4, tickText(tick), { className: "soft", anchor: "end" }),
      );
    }
    parts.push(drawStrip(strip, inks.get(strip.label) ?? 0, box, xScale, yScale));
    begin += HEIGHT + GAP;
  }
  const bottom = begin - GAP;
  parts.push(line(left, bottom, right, bottom, "axis"));
  for (const tick of xScale.ticks)
    parts.push(
      text(xScale.at(tick), bottom + 17, tickText(tick), { className: "soft", anchor: "middle" }),
    );
  parts.push(text(right, bottom + 34, axisName(x), { className: "strong", anchor: "end" }));
  return { width, height: bottom + 46, body: parts.join("\n") };
}

interface StripBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function drawBand(
  { fromMs, toMs, label }: Band,
  box: StripBox,
  xScale: Scale,
  named: boolean,
): string {
  const from = Math.max(box.left, xScale.at(fromMs / 1000));
  const to = Math.min(box.right, xScale.at(toMs / 1000));
  if (to <= from) return "";
  const rect =
    `<rect class="fault" x="${round(from)}" y="${round(box.top)}" width="${round(to - from)}" ` +
    `height="${round(box.bottom - box.top)}"/>`;
  return named ? rect + text(to, box.top - 6, label, { className: "soft", anchor: "end" }) : rect;
}

function drawStrip(
  { label, points }: Strip,
  ink: number,
  box: StripBox,
  xScale: Scale,
  yScale: Scale,
): string {
  const known = points.filter(([, value]) => Number.isFinite(value));
  const places = known.map(
    ([second, value]) => [round(xScale.at(second)), round(yScale.at(value))] as const,
  );
  const path = places.map(([px, py], i) => `${i === 0 ? "M" : "L"}${px} ${py}`).join("");
  const [first, last] = [places[0], places.at(-1)];
  const area =
    first && last
      ? `<path class="area f${ink}" d="${path}L${last[0]} ${round(box.bottom)}L${first[0]} ${round(box.bottom)}Z"/>`
      : "";
  return (
    area +
    `<path class="curve k${ink}" d="${path}"/>` +
    text(box.left, box.top - 6, label, { className: `t${ink} strong` })
  );
}
