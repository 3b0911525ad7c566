// Writes numbers for people: three significant digits, and the unit after the number.

/**
 * Returns `0.0123`, `4.56`, `78.9`, `12,345`; `0` for what is nearer to it than 6 decimals show; `-` for a value
 * that was not measured.
 */
export function plain(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value === 0) return "0";
  // The number is rounded before its digits are counted: .9996 is shown with as many digits as 1.
  const size = Math.abs(Number(value.toPrecision(3)));
  if (size >= 999.5) return Math.round(value).toLocaleString("en-US");
  const digits = Math.max(0, 2 - Math.floor(Math.log10(size)));
  const text = value.toFixed(Math.min(6, digits));
  return Number(text) === 0 ? "0" : text;
}

/**
 * Returns a percentage. Between 90 and 100 more decimals are shown (99.98 and not 100), because
 * shares of success are near 100.
 */
function percent(value: number): string {
  if (value <= 90 || value >= 100) return plain(value);
  return value.toFixed(value < 99.9 ? 2 : 3);
}

export function withUnit(value: number, unit: string): string {
  if (!Number.isFinite(value)) return "-";
  const text = unit === "%" ? percent(value) : plain(value);
  return unit === "" ? text : `${text} ${unit}`;
}

/** Returns the number with an explicit sign. */
export function signed(value: number, unit: string): string {
  return `${value > 0 && plain(value) !== "0" ? "+" : ""}${withUnit(value, unit)}`;
}
