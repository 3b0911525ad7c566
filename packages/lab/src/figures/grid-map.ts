// Draws maps over two numbers: a panel per question, in it a cell per pair of numbers, with the colour and the name of
// what wins there and a number. As wide as a phone, so that the text can be read there without zooming.
import type { Drawing, Figure } from "./figure.ts";
import { head, round, text } from "./frame.ts";
import { inksOf } from "./theme.ts";

export interface MapCell {
  readonly x: number;
  readonly y: number;
  /** What wins in the cell. Its colour is that of an algorithm of this name. */
  readonly winner: string;
  /** The name of the winner in the cell, short. */
  readonly short: string;
  readonly text: string;
}

export interface MapPanel {
  readonly label: string;
  readonly cells: readonly MapCell[];
}

export interface GridMapSpec
  extends Pick<Figure, "name" | "question" | "note" | "columns" | "rows"> {
  readonly x: { readonly label: string; readonly show: (value: number) => string };
  readonly y: { readonly label: string; readonly show: (value: number) => string };
  readonly panels: readonly MapPanel[];
}

const WIDTH = 400;
const LEFT = 36;
const ROW = 34;

export function gridMap({ x, y, panels, ...spec }: GridMapSpec): Figure {
  return { ...spec, draw: () => drawMap({ x, y, panels, ...spec }) };
}

const distinct = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);

function drawMap(spec: GridMapSpec): Drawing {
  const all = spec.panels.flatMap(({ cells }) => cells);
  const xs = distinct(all.map((cell) => cell.x));
  const ys = distinct(all.map((cell) => cell.y));
  const inks = inksOf([...new Set(all.map(({ winner }) => winner))].sort());
  const legend = [...inks].map(([label, ink]) => ({ label, ink }));
  const top = head(spec.question, spec.note, WIDTH, legend);
  const wide = (WIDTH - LEFT - 8) / Math.max(1, xs.length);
  const parts = [top.body];
  let down = top.bottom;
  for (const panel of spec.panels) {
    down += 24;
    parts.push(text(8, down - 6, panel.label, { className: "strong" }));
    for (const [row, value] of ys.entries())
      parts.push(text(LEFT - 6, down + row * ROW + 21, spec.y.show(value), { anchor: "end" }));
    for (const cell of panel.cells) {
      const at = { x: LEFT + xs.indexOf(cell.x) * wide, y: down + ys.indexOf(cell.y) * ROW };
      parts.push(...drawCell(cell, inks.get(cell.winner) ?? 0, at, wide));
    }
    down += ys.length * ROW + 15;
    for (const [column, value] of xs.entries())
      parts.push(
        text(LEFT + (column + 0.5) * wide, down, spec.x.show(value), { anchor: "middle" }),
      );
    down += 16;
    parts.push(text(8, down, `↑ ${spec.y.label}`, { className: "soft" }));
    parts.push(text(WIDTH - 8, down, `${spec.x.label} →`, { className: "soft", anchor: "end" }));
    down += 8;
  }
  return { width: WIDTH, height: down + 8, body: parts.join("\n") };
}

function drawCell(
  cell: MapCell,
  ink: number,
  at: { readonly x: number; readonly y: number },
  wide: number,
): string[] {
  const middle = at.x + wide / 2;
  return [
    `<rect class="area f${ink}" x="${round(at.x + 1)}" y="${at.y + 1}" width="${round(wide - 2)}" height="${ROW - 2}" rx="3"/>`,
    text(middle, at.y + 14, cell.short, { className: `strong t${ink}`, anchor: "middle" }),
    text(middle, at.y + 28, cell.text, { anchor: "middle" }),
  ];
}
