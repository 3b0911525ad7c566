// Draws the box around a curve: grid, ticks, and a name with its unit on each axis.
import { line, text } from "./frame.ts";
import { linear, logarithmic, type Scale, tickText } from "./scale.ts";

export interface Axis {
  readonly label: string;
  readonly unit?: string;
  readonly log?: boolean;
  /** The lowest and highest value on the axis. Default: the range of the data. */
  readonly domain?: readonly [low: number, high: number];
  readonly tick?: (value: number) => string;
  /** The values at which ticks are shown. Default: round numbers. */
  readonly ticks?: readonly number[];
}

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const axisName = ({ label, unit }: Axis): string =>
  unit === undefined || unit === "" ? label : `${label}, ${unit}`;

function domainOf(axis: Axis, values: readonly number[], fromZero: boolean): [number, number] {
  const known = values.filter((value) => Number.isFinite(value) && (!axis.log || value > 0));
  const low = axis.domain?.[0] ?? (known.length === 0 ? 0 : Math.min(...known));
  const high = axis.domain?.[1] ?? (known.length === 0 ? 1 : Math.max(...known));
  return [axis.log || !fromZero ? low : Math.min(0, low), high];
}

/** Makes a horizontal scale, exactly as wide as the data. */
export function scaleX(axis: Axis, values: readonly number[], { left, right }: Box): Scale {
  const domain = domainOf(axis, values, false);
  const wanted = Math.max(3, Math.floor((right - left) / 80));
  return axis.log
    ? logarithmic(domain, [left, right], wanted)
    : linear(domain, [left, right], { wanted, exact: true });
}

/** Makes a vertical scale, from zero (unless logarithmic) to a round number above the data. */
export function scaleY(
  axis: Axis,
  values: readonly number[],
  { top, bottom }: Box,
  fromZero = true,
): Scale {
  const domain = domainOf(axis, values, fromZero);
  const wanted = Math.max(2, Math.floor((bottom - top) / 45));
  // Some space is left below and above, so that no curve runs along the frame.
  return axis.log
    ? logarithmic([domain[0] * 0.9, domain[1] * 1.1], [bottom, top], wanted)
    : linear(domain, [bottom, top], { wanted, exact: axis.domain !== undefined });
}

export function drawAxes(
  box: Box,
  [x, xScale]: readonly [Axis, Scale],
  [y, yScale]: readonly [Axis, Scale],
): string {
  const parts: string[] = [];
  const xText = x.tick ?? tickText;
  const yText = y.tick ?? tickText;
  for (const tick of y.ticks ?? yScale.ticks) {
    const at = yScale.at(tick);
    parts.push(line(box.left, at, box.right, at, "grid"));
    parts.push(text(box.left - 6, at + 4, yText(tick), { className: "soft", anchor: "end" }));
  }
  for (const tick of x.ticks ?? xScale.ticks) {
    const at = xScale.at(tick);
    parts.push(line(at, box.bottom, at, box.bottom + 4, "axis"));
    parts.push(text(at, box.bottom + 17, xText(tick), { className: "soft", anchor: "middle" }));
  }
  parts.push(line(box.left, box.bottom, box.right, box.bottom, "axis"));
  parts.push(text(8, box.top - 14, axisName(y), { className: "strong" }));
  parts.push(text(box.right, box.bottom + 34, axisName(x), { className: "strong", anchor: "end" }));
  return parts.join("\n");
}
