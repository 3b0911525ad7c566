// Draws one measure against another, to show a trade-off. Every point has its name beside it when there is room.
import { type Axis, axisName, type Box, drawAxes, scaleX, scaleY } from "./axes.ts";
import { type Drawing, type Figure, WIDE } from "./figure.ts";
import { head, line, round, text, textWidth } from "./frame.ts";
import type { Scale } from "./scale.ts";
import { inksOf } from "./theme.ts";

export interface Spot {
  /** The name of the point. Points with equal names have the same colour. */
  readonly label: string;
  /** Tells points with the same label apart. */
  readonly detail?: string;
  readonly x: number;
  readonly y: number;
}

export interface ScatterSpec {
  readonly name: string;
  readonly question: string;
  readonly note: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly spots: readonly Spot[];
  /** Whether names stand beside the points. If not, there is a legend. */
  readonly named: boolean;
  /** Whether the line y = x is drawn. */
  readonly diagonal?: boolean;
}

export function scatter(spec: ScatterSpec): Figure {
  return {
    name: spec.name,
    question: spec.question,
    note: spec.note,
    columns: ["series", "detail", axisName(spec.x), axisName(spec.y)],
    rows: spec.spots.map(({ label, detail = "", x, y }) => [label, detail, x, y]),
    draw: (width) => drawScatter(spec, width),
  };
}

function drawScatter(spec: ScatterSpec, width: number): Drawing {
  const { x, y, spots, named, diagonal } = spec;
  const inks = inksOf(spots.map(({ label }) => label));
  const legend = named ? [] : [...inks].map(([label, ink]) => ({ label, ink }));
  const top = head(spec.question, spec.note, width, legend);
  const box: Box = {
    left: 62,
    right: width - 20,
    top: top.bottom + 30,
    bottom: top.bottom + (width < WIDE ? 284 : 344),
  };
  const xScale = scaleX(
    widened(
      x,
      spots.map((spot) => spot.x),
    ),
    [],
    box,
  );
  const yScale = scaleY(
    widened(
      y,
      spots.map((spot) => spot.y),
    ),
    [],
    box,
    false,
  );
  const parts = [top.body, drawAxes(box, [x, xScale], [y, yScale])];
  if (diagonal) parts.push(drawDiagonal(spots, box, xScale, yScale));
  const places = spots.map((spot) => [xScale.at(spot.x), yScale.at(spot.y)] as const);
  for (const [i, { label }] of spots.entries()) {
    const [px, py] = places[i] ?? [0, 0];
    parts.push(
      `<circle class="f${inks.get(label)} halo" cx="${round(px)}" cy="${round(py)}" r="5.5"/>`,
    );
  }
  if (named) parts.push(nameSpots(spots, places, inks, box));
  return { width, height: box.bottom + 46, body: parts.join("\n") };
}

/** Widens the axis a little, so that no point lies on the frame. An axis with a given domain stays as it is. */
function widened(axis: Axis, values: readonly number[]): Axis {
  if (axis.domain !== undefined) return axis;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || Math.abs(high) || 1) * 0.08;
  return { ...axis, domain: [low - margin, high + margin] };
}

function drawDiagonal(spots: readonly Spot[], box: Box, xScale: Scale, yScale: Scale): string {
  const xs = spots.map((spot) => spot.x);
  const inside = (value: number) => {
    const at = yScale.at(value);
    return at >= box.top && at <= box.bottom;
  };
  const ends = [Math.min(...xs), Math.max(...xs)].filter(inside);
  const [from, to] = [ends[0] ?? 0, ends.at(-1) ?? 0];
  return line(xScale.at(from), yScale.at(from), xScale.at(to), yScale.at(to), "theory axis");
}

interface Area {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

const overlaps = (a: Area, b: Area) => a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;

/**
 * Places names to the right, left, above or below a point. A name gets the first of these places
 * that is free. If none is free, the name is placed a little further away.
 */
function nameSpots(
  spots: readonly Spot[],
  places: readonly (readonly [number, number])[],
  inks: ReadonlyMap<string, number>,
  box: Box,
): string {
  const taken: Area[] = places.map(([px, py]) => ({
    x1: px - 5,
    y1: py - 5,
    x2: px + 5,
    y2: py + 5,
  }));
  return spots
    .map(({ label, detail }, i) => {
      const [px, py] = places[i] ?? [0, 0];
      const words = detail === undefined ? label : `${label}, ${detail}`;
      const wide = textWidth(words);
      const offers = [0, 14, -14, 28, -28, 42].flatMap((shift) => [
        { x: px + 10, y: py + 4 + shift, anchor: "start" },
        { x: px - 10, y: py + 4 + shift, anchor: "end" },
      ]);
      const area = ({ x, y, anchor }: (typeof offers)[number]): Area => {
        const x1 = anchor === "start" ? x : x - wide;
        return { x1, y1: y - 11, x2: x1 + wide, y2: y + 3 };
      };
      const fits = (offer: (typeof offers)[number]) => {
        const own = area(offer);
        return (
          own.x1 > 2 && own.x2 < box.right + 18 && !taken.some((other) => overlaps(own, other))
        );
      };
      const place = offers.find(fits) ?? offers[0];
      if (place === undefined) return "";
      taken.push(area(place));
      return text(place.x, place.y, words, {
        className: `t${inks.get(label)}`,
        anchor: place.anchor,
      });
    })
    .join("\n");
}
