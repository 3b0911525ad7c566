// What an access log tells the adviser. Each value has its uncertainty, and what the log leaves open is said.
import { undiminished, withoutWaiting } from "../replay/demands.ts";
import type { LogContent } from "../replay/read-log.ts";
import { type LearntSite, NOTHING } from "./learnt.ts";
import { busiest, rhythmOf } from "./log-rhythm.ts";
import { speedsOf } from "./log-speeds.ts";
import { meanOf } from "./ranged.ts";

export interface LogChoice {
  /** The log's name, for the person. */
  readonly name: string;
  /** How many requests a server works on at once, where the person knows. */
  readonly workers?: number;
  /** The speeds of the servers, where the person knows, by the servers' order. */
  readonly speeds?: readonly number[];
}

/** Whole milliseconds: a time of 12 ms was between 11.5 and 12.5. */
const ROUNDED_MS = 1;

/** Learns from a log with at least two requests. */
export function learnFromLog(log: LogContent, { name, workers, speeds }: LogChoice): LearntSite {
  const requests = busiest(log.requests);
  const timesMs = requests.map(({ arrivedMs }) => arrivedMs);
  const { rate, dispersion, bursty } = rhythmOf(timesMs);
  const first = timesMs[0] ?? 0;
  const part = requests.length < log.requests.length ? `, the busiest ${spanText(timesMs)}` : "";
  const arrivals = {
    source: `${name}, ${requests.length.toLocaleString("en-US")} requests${part}`,
    names: log.servers,
    rate,
    ...(bursty && { arrivalsMs: timesMs.map((ms) => ms - first) }),
    dispersion,
  };
  if (!log.format.timed)
    return { ...NOTHING, ...arrivals, unknown: ["how long requests take: the log has no times"] };
  const count = Math.max(1, log.servers.length);
  const demands = (known?: readonly number[]) =>
    workers === undefined
      ? undiminished(requests, count, known)
      : withoutWaiting(requests, count, workers, known);
  const seen = speedsOf(requests, demands().demandsMs, log.servers.length);
  const used = speeds ?? (seen.differ ? seen.speeds.map(({ value }) => value) : undefined);
  const { demandsMs, workers: busy, bias } = demands(used);
  const rare = seen.speeds.flatMap(({ low }, i) =>
    Number.isNaN(low) ? [log.servers[i] ?? ""] : [],
  );
  return {
    ...NOTHING,
    ...arrivals,
    ...(log.servers.length > 0 && { speeds: seen.speeds, speedsDiffer: seen.differ }),
    work: { kind: "measured", valuesMs: demandsMs, roundedToMs: ROUNDED_MS },
    meanMs: meanOf(demandsMs),
    ...(workers === undefined && { workers: busy }),
    errs: [bias],
    unknown: [
      ...(rare.length > 0 ? [`the speed of ${rare.join(", ")}: too few requests to tell`] : []),
      ...(log.servers.length === 0 ? ["the servers: the log does not name them"] : []),
    ],
  };
}

function spanText(timesMs: readonly number[]): string {
  const seconds = Math.round(((timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0)) / 1000);
  const from = new Date(timesMs[0] ?? 0).toISOString().slice(0, 16).replace("T", " ");
  return `${seconds} s (from ${from} UTC)`;
}
