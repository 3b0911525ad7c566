// Writes numbers for people: three digits and a unit.

export function ms(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value >= 100_000) return `${digits(value / 1000)} s`;
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${digits(value)} ms`;
}

export function digits(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en").replaceAll(",", "\u202f");
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function percent(share: number): string {
  if (!Number.isFinite(share)) return "–";
  const value = share * 100;
  if (value > 0 && value < 0.05) return "< 0.1 %";
  return value > 99 && value < 100 ? `${value.toFixed(3)} %` : `${value.toFixed(1)} %`;
}

export function whole(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString("en").replaceAll(",", "\u202f") : "–";
}

/** Returns a number for small labels: 98 087 becomes 98k. */
export function short(value: number): string {
  return value >= 10_000 ? `${Math.round(value / 1000)}k` : digits(value);
}

/** Writes a virtual time. A longer run gets a larger unit and fewer digits. */
export function clock(timeMs: number, endMs: number): string {
  if (endMs >= 600_000) return `${(timeMs / 60_000).toFixed(1)} min`;
  return endMs >= 10_000 ? `${(timeMs / 1000).toFixed(1)} s` : `${(timeMs / 1000).toFixed(2)} s`;
}

/** Returns how much virtual time passes in one second on the screen. */
export function pace(speed: number): string {
  if (speed >= 60_000) return `${digits(speed / 60_000)} min a second`;
  if (speed >= 1000) return `${speed / 1000} s a second`;
  return `${speed} ms a second`;
}

export function count(value: number, one: string, many = `${one}s`): string {
  return `${value.toLocaleString("en").replaceAll(",", "\u202f")} ${value === 1 ? one : many}`;
}
