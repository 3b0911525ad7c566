// The reported results of a peer under a workload: medians over its rounds.
import { median, spread } from "./statistics.ts";

/** The results of one measurement of one peer. */
export interface Figures {
  readonly requestsPerSecond: number;
  readonly cpuMicrosecondsPerRequest: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Resident memory; for an idle workload, per connection. */
  readonly rssBytes: number;
  /** The share of its core that the proxy used. Near 1, the proxy was the limit and not its client. */
  readonly busy: number;
}

/** One round of one peer. */
export interface Round extends Figures {
  /** The number of the round, counted from 1. Figures of different peers are compared within one round. */
  readonly turn: number;
}

/** A row of the report, as `--json` writes it. */
export interface Result {
  readonly peer: string;
  readonly version: string;
  readonly requestsPerSecond: number;
  readonly cpuMicrosecondsPerRequest: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly rssBytes: number;
  /** Spread (IQR ÷ median) over the rounds: of CPU time per request, or of memory for an idle workload. */
  readonly spread: number;
}

/** A row of the report, with further figures that the terminal and the plots show. */
export interface Measured {
  readonly result: Result;
  readonly rounds: readonly Round[];
  readonly busy: number;
}

const rounded = (value: number, digits: number) => Number(value.toPrecision(digits));

/** Returns the medians of `rounds`, which must not be empty. */
export function summarise(
  peer: { readonly name: string; readonly version: string },
  rounds: readonly Round[],
  spreadOf: "cpuMicrosecondsPerRequest" | "rssBytes",
): Measured {
  const middle = (key: keyof Figures) => median(rounds.map((round) => round[key]));
  return {
    rounds,
    busy: middle("busy"),
    result: {
      peer: peer.name,
      version: peer.version,
      requestsPerSecond: rounded(middle("requestsPerSecond"), 5),
      cpuMicrosecondsPerRequest: rounded(middle("cpuMicrosecondsPerRequest"), 4),
      p50Ms: rounded(middle("p50Ms"), 4),
      p99Ms: rounded(middle("p99Ms"), 4),
      p999Ms: rounded(middle("p999Ms"), 4),
      rssBytes: Math.round(middle("rssBytes")),
      spread: rounded(spread(rounds.map((round) => round[spreadOf])), 3),
    },
  };
}
