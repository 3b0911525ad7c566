// Draws the requests on each server over time, as a heat map: a column per interval, a row per
// server. The colour follows the logarithm of the number of requests, so that three requests differ
// from one as clearly as thirty from ten.
import type { Surface } from "./canvas.ts";
import type { Theme } from "./theme.ts";

export interface Heat {
  readonly rows: readonly Float32Array[];
  readonly intervalMs: number;
  readonly endMs: number;
  readonly nowMs: number;
  /** The number of requests on a server that the hottest colour stands for. */
  readonly hottest: number;
  /** The periods of faults as [from, until], in virtual milliseconds. */
  readonly faults: readonly (readonly [number, number])[];
}

const LEVELS = 64;
const STRIP = 5;

export function drawHeat(surface: Surface, heat: Heat, theme: Theme): void {
  const { context, width, height } = surface;
  const { rows, intervalMs, endMs, nowMs, hottest } = heat;
  const servers = rows[0]?.length ?? 0;
  const palette = paletteOf(theme);
  const bodyHeight = height - STRIP - 2;
  context.fillStyle = theme.raised;
  context.fillRect(0, 0, width, bodyHeight);
  const x = (ms: number) => (Math.min(ms, endMs) / endMs) * width;
  const rowHeight = bodyHeight / Math.max(1, servers);
  const gap = rowHeight > 6 ? 1 : 0;
  for (const [column, row] of rows.entries()) {
    const left = x(column * intervalMs);
    // A column is drawn a little wider than its interval, because otherwise gaps between columns would show.
    const wide = x((column + 1) * intervalMs) - left + 0.5;
    for (let server = 0; server < servers; server++) {
      const level = Math.log1p(row[server] ?? 0) / Math.log1p(hottest);
      context.fillStyle = palette[Math.min(LEVELS - 1, Math.floor(level * LEVELS))] ?? "";
      context.fillRect(left, server * rowHeight, wide, rowHeight - gap);
    }
  }
  context.fillStyle = theme.bad;
  for (const [from, until] of heat.faults)
    context.fillRect(x(from), height - STRIP, Math.max(2, x(until) - x(from)), STRIP);
  context.fillStyle = theme.ink;
  context.fillRect(Math.min(width - 1, x(nowMs)), 0, 1, height);
}

/** Returns the theme's five colours, with interpolated steps between them. */
function paletteOf(theme: Theme): string[] {
  const stops = [0, 1, 2, 3, 4].map((stop) => parse(theme[`heat-${stop}` as "heat-0"]));
  return Array.from({ length: LEVELS }, (_, level) => {
    const at = (level / (LEVELS - 1)) * (stops.length - 1);
    const low = stops[Math.floor(at)] ?? [0, 0, 0];
    const high = stops[Math.ceil(at)] ?? low;
    const mixed = low.map((part, i) => Math.round(part + ((high[i] ?? 0) - part) * (at % 1)));
    return `rgb(${mixed.join(" ")})`;
  });
}

function parse(hex: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}
