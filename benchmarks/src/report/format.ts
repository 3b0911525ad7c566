// Writes figures for readers of the report: three digits, no exponent.
import type { Estimate } from "../run/statistics.ts";

/** Writes `value` with about three digits, such as `1.23`, `12.3` or `123`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2);
}

/** Writes resident memory: in MiB for a process, in KiB for one idle connection. */
export function memory(bytes: number, kind: "load" | "idle"): string {
  return figure(kind === "idle" ? bytes / 1024 : bytes / 1024 / 1024);
}

/** Writes 0.123 as `12%`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

/** Writes a median with its unit and its bounds: `1.12 × haproxy, 1.08 to 1.17`. */
export function estimateWords({ median, low, high }: Estimate, unit = ""): string {
  return `${figure(median)}${unit}, ${figure(low)} to ${figure(high)}`;
}

export const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
