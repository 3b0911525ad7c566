// Draws the requests on each server over time: a row per server, a column per interval, a panel per algorithm. A
// moment with many waiting requests shows as a vertical stripe, a server with too few requests as a horizontal one.
import type { Band } from "./bands.ts";
import { type Drawing, type Figure, WIDE } from "./figure.ts";
import { head, line, round, text, textWidth } from "./frame.ts";
import { linear, type Scale, tickText } from "./scale.ts";
import { HEAT_STEPS } from "./theme.ts";

export interface Panel {
  readonly label: string;
  /** The number of requests, indexed by interval and then by server. */
  readonly cells: readonly ArrayLike<number>[];
}

export interface HeatMapSpec {
  readonly name: string;
  readonly question: string;
  readonly note: string;
  readonly intervalMs: number;
  readonly bands: readonly Band[];
  readonly panels: readonly Panel[];
}

/** With more columns than this, a reader could not tell columns apart, and the file would be large. */
const MOST_COLUMNS = 120;
const MOST_ROWS = 50;

export function heatMap(spec: HeatMapSpec): Figure {
  const panels = spec.panels.map((panel) => ({ ...panel, cells: coarse(panel.cells) }));
  const columns = panels[0]?.cells.length ?? 1;
  const columnMs = (spec.intervalMs * (spec.panels[0]?.cells.length ?? 1)) / columns;
  const small = { ...spec, panels, intervalMs: columnMs };
  return {
    name: spec.name,
    question: spec.question,
    note: spec.note,
    columns: ["series", "server", "time, s", "requests"],
    rows: panels.flatMap(({ label, cells }) =>
      cells.flatMap((row, column) =>
        Array.from(row).map((value, server) => [
          label,
          `s${server}`,
          ((column + 1) * columnMs) / 1000,
          Math.round(value * 1000) / 1000,
        ]),
      ),
    ),
    draw: (width) => drawHeatMap(small, width),
  };
}

/** Averages neighbouring intervals. When there are many servers, only the first servers are shown. */
function coarse(cells: readonly ArrayLike<number>[]): number[][] {
  const size = Math.ceil(cells.length / MOST_COLUMNS);
  const result: number[][] = [];
  for (let from = 0; from < cells.length; from += size) {
    const group = cells.slice(from, from + size);
    const servers = Math.min(MOST_ROWS, group[0]?.length ?? 0);
    result.push(
      Array.from(
        { length: servers },
        (_, server) => group.reduce((sum, row) => sum + (row[server] ?? 0), 0) / group.length,
      ),
    );
  }
  return result;
}

function drawHeatMap(spec: HeatMapSpec, width: number): Drawing {
  const top = head(spec.question, spec.note, width);
  const all = spec.panels
    .flatMap(({ cells }) => cells.flatMap((row) => Array.from(row)))
    .sort((a, b) => a - b);
  // The colour scale ends at the 99.5th percentile, so that one server with very many requests does
  // not make all other cells look pale.
  const most = Math.max(1, all[Math.floor(all.length * 0.995)] ?? 1);
  const [left, right] = [36, width - 14];
  const seconds = ((spec.panels[0]?.cells.length ?? 1) * spec.intervalMs) / 1000;
  const wanted = Math.max(3, Math.floor((right - left) / 80));
  const xScale = linear([0, seconds], [left, right], { wanted, exact: true });
  const parts = [top.body, drawRamp(most, left, top.bottom + 8)];
  let y = top.bottom + 40;
  for (const panel of spec.panels) {
    const rows = panel.cells[0]?.length ?? 1;
    const size = Math.max(3, Math.min(13, Math.round(160 / rows)));
    y += 20;
    parts.push(text(left, y - 6, panel.label, { className: "strong" }));
    parts.push(text(left - 6, y + 10, "s0", { className: "soft", anchor: "end" }));
    if (rows * size > 26)
      parts.push(
        text(left - 6, y + rows * size, `s${rows - 1}`, { className: "soft", anchor: "end" }),
      );
    parts.push(
      drawCells(panel, most, { left, top: y, size, cell: (right - left) / panel.cells.length }),
    );
    y += rows * size;
    for (const band of spec.bands) parts.push(drawMark(band, xScale, y + 5));
    y += spec.bands.length > 0 ? 12 : 4;
  }
  y += 14;
  for (const tick of xScale.ticks)
    parts.push(text(xScale.at(tick), y, tickText(tick), { className: "soft", anchor: "middle" }));
  y += 17;
  parts.push(text(right, y, "time, s", { className: "strong", anchor: "end" }));
  const named = spec.bands[0];
  if (named !== undefined && width >= WIDE)
    parts.push(text(left, y, `━ ${named.label}`, { className: "t2" }));
  return { width, height: y + 12, body: parts.join("\n") };
}

const step = (value: number, most: number): number =>
  value < 0.05 ? 0 : Math.min(HEAT_STEPS - 1, 1 + Math.floor((value / most) * (HEAT_STEPS - 1)));

/** Draws all cells of a colour as one path. A run of equal cells becomes one rectangle. */
function drawCells(
  { cells }: Panel,
  most: number,
  at: { readonly left: number; readonly top: number; readonly size: number; readonly cell: number },
): string {
  const paths = new Map<number, string>();
  const servers = cells[0]?.length ?? 0;
  for (let server = 0; server < servers; server++)
    for (let from = 0; from < cells.length; ) {
      const level = step(cells[from]?.[server] ?? 0, most);
      let to = from + 1;
      while (to < cells.length && step(cells[to]?.[server] ?? 0, most) === level) to++;
      const x = round(at.left + from * at.cell);
      const wide = round(at.left + to * at.cell) - x;
      const cell = `M${x} ${at.top + server * at.size}h${round(wide)}v${at.size}h${-round(wide)}z`;
      paths.set(level, (paths.get(level) ?? "") + cell);
      from = to;
    }
  return [...paths]
    .sort(([a], [b]) => a - b)
    .map(([level, path]) => `<path class="h${level}" shape-rendering="crispEdges" d="${path}"/>`)
    .join("\n");
}

function drawMark({ fromMs, toMs }: Band, xScale: Scale, y: number): string {
  return line(xScale.at(fromMs / 1000), y, xScale.at(toMs / 1000), y, "whisker k2");
}

function drawRamp(most: number, left: number, y: number): string {
  const name = "requests on a server";
  const from = left + textWidth(name) + 34;
  const boxes = Array.from(
    { length: HEAT_STEPS },
    (_, i) => `<rect class="h${i}" x="${round(from + i * 16)}" y="${y}" width="16" height="11"/>`,
  );
  const high = most >= 10 ? Math.round(most) : Math.round(most * 10) / 10;
  return [
    text(left, y + 10, name, { className: "strong" }),
    text(from - 6, y + 10, "0", { className: "soft", anchor: "end" }),
    ...boxes,
    text(from + HEAT_STEPS * 16 + 6, y + 10, `${tickText(high)} and more`, { className: "soft" }),
  ].join("");
}
