// The bars Tandem measures itself against: ratios within one run, so that they hold on any machine.
import type { Result } from "../run/result.ts";
import { figure } from "./format.ts";
import type { Report } from "./report.ts";

interface Bar {
  readonly workload: string;
  /** Another peer, or `undefined` for an absolute bar. */
  readonly peer?: string;
  readonly of: "cpuMicrosecondsPerRequest" | "rssBytes";
  readonly limit: number;
  readonly words: string;
}

const CPU = { of: "cpuMicrosecondsPerRequest", words: "CPU per request" } as const;

const BARS: readonly Bar[] = [
  { ...CPU, workload: "small-keepalive", peer: "haproxy", limit: 1.25 },
  { ...CPU, workload: "small-keepalive", peer: "http-proxy", limit: 1 / 5 },
  { ...CPU, workload: "small-keepalive", peer: "undici", limit: 1 / 2.5 },
  { ...CPU, workload: "small-keepalive", peer: "caddy", limit: 1 / 3 },
  { ...CPU, workload: "1MiB", peer: "haproxy", limit: 1.5 },
  { workload: "idle-10000", of: "rssBytes", limit: 8192, words: "bytes of an idle connection" },
];

/** A line for each bar whose peers were measured without errors. */
export function barLines(report: Report): readonly string[] {
  return BARS.flatMap((bar) => {
    const results = report.workloads.find(({ workload }) => workload.name === bar.workload);
    const find = (peer: string): Result | undefined =>
      results?.measured.find(({ result }) => result.peer === peer && result.errors === 0)?.result;
    const ours = find("tandem")?.[bar.of];
    const theirs = bar.peer === undefined ? 1 : find(bar.peer)?.[bar.of];
    if (ours === undefined || theirs === undefined) return [];
    const ratio = ours / theirs;
    const verdict = ratio <= bar.limit ? "met   " : "MISSED";
    const unit = bar.peer === undefined ? "" : ` × ${bar.peer}`;
    const figures = `${figure(ratio)}${unit} (at most ${figure(bar.limit)})`;
    return [`  ${verdict}  ${bar.workload}: ${bar.words} ${figures}`];
  });
}
