// The bars (limits) for Tandem's figures, most of them as a ratio to a peer's figure in the same run.
// These ratios differ from machine to machine, because they depend on the price of a system call and
// of a wake-up, which every proxy pays. So the lines below the bars show the same ratios for HAProxy
// and for tcp-splice, which only passes bytes between two of Node's sockets.
import { type Figure, pairedRatio } from "../run/pairs.ts";
import type { Round } from "../run/result.ts";
import type { WorkloadReport } from "../run/run-workload.ts";
import { estimate } from "../run/statistics.ts";
import { estimateWords, figure } from "./format.ts";
import type { Report } from "./report.ts";
import { twoThreadsBar } from "./two-threads.ts";

interface Bar {
  readonly workload: string;
  /** The peer with which Tandem is compared; `undefined` for an absolute limit. */
  readonly peer?: string;
  readonly of: Figure;
  readonly atMost: number;
  readonly words: string;
}

const CPU = { of: "cpuMicrosecondsPerRequest", words: "CPU per request" } as const;

const BARS: readonly Bar[] = [
  { ...CPU, workload: "small-keepalive", peer: "haproxy", atMost: 1.25 },
  { ...CPU, workload: "small-keepalive", peer: "http-proxy", atMost: 1 / 5 },
  { ...CPU, workload: "small-keepalive", peer: "undici", atMost: 1 / 2.5 },
  { ...CPU, workload: "small-keepalive", peer: "caddy", atMost: 1 / 3 },
  { ...CPU, workload: "1MiB", peer: "haproxy", atMost: 1.5 },
  { ...CPU, workload: "new-connection", peer: "haproxy", atMost: 1.3 },
  { ...CPU, workload: "small-keepalive-tls", peer: "haproxy", atMost: 1.1 },
  { ...CPU, workload: "64KiB-tls", peer: "haproxy", atMost: 1.25 },
  { ...CPU, workload: "1MiB-tls", peer: "haproxy", atMost: 1.3 },
  { ...CPU, workload: "tls-handshake", peer: "haproxy", atMost: 1.3 },
  { ...CPU, workload: "small-keepalive-tls-both", peer: "haproxy", atMost: 1.2 },
  { ...CPU, workload: "64KiB-tls-both", peer: "haproxy", atMost: 1.3 },
  ...["tcp", "tcp-new-connection"].flatMap((workload) => [
    { ...CPU, workload, peer: "haproxy", atMost: 1.1 },
    { ...CPU, workload, peer: "tcp-splice", atMost: 1.1 },
  ]),
  { ...CPU, workload: "h2-small", peer: "node-http2", atMost: 1 },
  { ...CPU, workload: "h2-small", peer: "haproxy", atMost: 1.3 },
  { ...CPU, workload: "h2-1MiB", peer: "haproxy", atMost: 1.5 },
  { workload: "idle-10000", of: "rssBytes", atMost: 8192, words: "bytes of an idle connection" },
];

/**
 * Peers for reference: the cheapest proxy, and the splice, which costs the least that is possible on Node's sockets.
 */
const REFERENCES = ["haproxy", "tcp-splice"] as const;

/** The heading above the lines that `barLines` makes. */
export const BARS_HEAD =
  "Bars, by the median of the rounds' ratios, and what it lies between (95 % sure from 6 rounds on):";

function roundsOf({ measured }: WorkloadReport, peer: string): readonly Round[] {
  return measured.find(({ result }) => result.peer === peer)?.rounds ?? [];
}

function barLine(bar: Bar, report: WorkloadReport): readonly string[] {
  const ours = roundsOf(report, "tandem");
  const found =
    bar.peer === undefined
      ? estimate(ours.map((round) => round[bar.of]))
      : pairedRatio(ours, roundsOf(report, bar.peer), bar.of);
  if (found === undefined) return [];
  const verdict = found.median <= bar.atMost ? "met   " : "MISSED";
  const words = estimateWords(found, bar.peer === undefined ? "" : ` × ${bar.peer}`);
  return [`  ${verdict}  ${bar.workload}: ${bar.words} ${words} (at most ${figure(bar.atMost)})`];
}

/** Returns the line with the ratios of `reference` to the peers for which Tandem has bars. */
function referenceLine(reference: string, report: WorkloadReport): readonly string[] {
  const ratios = BARS.flatMap(({ workload, peer, of }) => {
    if (workload !== report.workload.name || peer === undefined) return [];
    if (peer === "haproxy" || peer === reference) return [];
    const found = pairedRatio(roundsOf(report, reference), roundsOf(report, peer), of);
    return found === undefined ? [] : [`${figure(found.median)} × ${peer}`];
  });
  if (ratios.length === 0) return [];
  return [`  note    ${report.workload.name}: ${reference} itself ${ratios.join(", ")}`];
}

/** Returns a line for each bar whose peers were measured, then lines about `REFERENCES` and about a second thread. */
export function barLines({ machine, workloads }: Report): readonly string[] {
  return [
    ...BARS.flatMap((bar) =>
      workloads
        .filter(({ workload }) => workload.name === bar.workload)
        .flatMap((report) => barLine(bar, report)),
    ),
    ...workloads.flatMap((report) =>
      REFERENCES.flatMap((reference) => referenceLine(reference, report)),
    ),
    ...workloads.flatMap((report) => twoThreadsBar(report, machine.cores)),
  ];
}
