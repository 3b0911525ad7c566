// Maps values to positions and to tick labels: linear and logarithmic scales with round ticks.

export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
  readonly log: boolean;
}

/** Returns about `wanted` round numbers (1, 2, 5 times a power of ten). */
function roundTicks(low: number, high: number, wanted: number): number[] {
  const raw = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((s) => s * power >= raw * 0.999) ?? 10) * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** Makes a linear scale from `low` to `high`, widened to round numbers unless `exact`. */
export function linear(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  { wanted = 5, exact = false }: { readonly wanted?: number; readonly exact?: boolean } = {},
): Scale {
  const top = high > low ? high : low + 1;
  let [first, last] = [low, top];
  const ticks = roundTicks(low, top, wanted);
  if (!exact) {
    const step = (ticks[1] ?? top) - (ticks[0] ?? low);
    first = Math.floor(low / step + 1e-9) * step;
    last = Math.ceil(top / step - 1e-9) * step;
    ticks.splice(0, ticks.length, ...roundTicks(first, last, wanted));
  }
  const slope = (to - from) / (last - first);
  return { at: (value) => from + (value - first) * slope, ticks, log: false };
}

/** Makes a logarithmic scale. Values below `low` are drawn at `low`. */
export function logarithmic(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  wanted = 6,
): Scale {
  const floor = low > 0 ? low : high / 1000;
  const top = Math.max(high, floor * 1.01);
  const slope = (to - from) / (Math.log(top) - Math.log(floor));
  return {
    at: (value) => from + (Math.log(Math.max(value, floor)) - Math.log(floor)) * slope,
    ticks: logTicks(floor, top, wanted),
    log: true,
  };
}

/**
 * Returns the ticks of a logarithmic scale: powers of ten (1, 10, 100). When there is room for
 * more, multiples are added (1, 2, 5, 10 or 1, 3, 10). When `high` is less than five times `low`,
 * the ticks are ordinary round numbers.
 */
function logTicks(low: number, high: number, wanted: number): number[] {
  const decades = Math.log10(high / low);
  if (decades < 0.7) return roundTicks(low, high, 4).filter((tick) => tick >= low);
  const steps = decades * 3 <= wanted + 1 ? [1, 2, 5] : decades * 2 <= wanted + 1 ? [1, 3] : [1];
  const skip = Math.max(1, Math.ceil(decades / wanted));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high * 1.001; power++)
    for (const step of steps) {
      const tick = Number((step * 10 ** power).toPrecision(6));
      if (tick >= low * 0.999 && tick <= high * 1.001 && power % skip === 0) ticks.push(tick);
    }
  return ticks;
}

/** Returns the text of a tick: `0.001`, `0.5`, `20`, `10,000`. */
export function tickText(value: number): string {
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toPrecision(6))} M`;
  return Number(value.toPrecision(6)).toLocaleString("en-US", { maximumFractionDigits: 6 });
}
