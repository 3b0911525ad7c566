// The plots of a workload, drawn to SVG by Observable Plot on a document that is no browser's.
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Measured } from "../run/result.ts";
import type { WorkloadReport } from "../run/run-workload.ts";

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/** Tandem stands out; colours of Okabe and Ito, which people with any colour vision tell apart. */
const fill = (peer: string) => (peer.startsWith("tandem") ? "#d55e00" : "#56b4e9");

/** The greatest width of a character of a peer's name, in the font size below. */
const CHARACTER_PX = 8.5;

/** A plot with a line for each of `peers`, whose names stand at its left; that of a revision may be long. */
function frame(peers: readonly string[]) {
  return {
    document,
    width: 760,
    marginLeft: 16 + CHARACTER_PX * Math.max(12, ...peers.map(({ length }) => length)),
    marginBottom: 44,
    marginRight: 30,
    style: { background: "none", color: "inherit", font: "13px system-ui, sans-serif" },
  };
}

interface Bar {
  readonly peer: string;
  readonly value: number;
}

/** A bar for each peer, at its median, with a dot for each round. */
function bars(label: string, medians: readonly Bar[], dots: readonly Bar[]): string {
  const peers = medians.map(({ peer }) => peer);
  return Plot.plot({
    ...frame(peers),
    height: 74 + 26 * peers.length,
    ariaLabel: label,
    x: { label, labelOffset: 38, grid: true, zero: true },
    y: { label: null, domain: peers },
    marks: [
      Plot.barX(medians, {
        x: "value",
        y: "peer",
        fill: ({ peer }: Bar) => fill(peer),
        insetTop: 3,
        insetBottom: 3,
      }),
      Plot.dot(dots, { x: "value", y: "peer", r: 2.5, fill: "currentColor", fillOpacity: 0.6 }),
      Plot.ruleX([0]),
    ],
  }).outerHTML;
}

/** CPU time per request; of idle connections, memory. */
export function costPlot({ workload, measured }: WorkloadReport): string {
  const idle = workload.kind === "idle";
  const key = idle ? "rssBytes" : "cpuMicrosecondsPerRequest";
  const unit = idle ? 1024 : 1;
  const label = idle ? "KiB of resident memory per connection" : "CPU time per request, µs";
  return bars(
    label,
    measured.map(({ result }) => ({ peer: result.peer, value: result[key] / unit })),
    measured.flatMap(({ result, rounds }) =>
      rounds.map((round) => ({ peer: result.peer, value: round[key] / unit })),
    ),
  );
}

/** Half of the requests, 99 % and 99.9 % of them were answered within this time. */
export function latencyPlot({ measured }: WorkloadReport): string {
  const points = measured.flatMap(({ result }: Measured) => [
    { peer: result.peer, percentile: "p50", ms: result.p50Ms },
    { peer: result.peer, percentile: "p99", ms: result.p99Ms },
    { peer: result.peer, percentile: "p99.9", ms: result.p999Ms },
  ]);
  const shown = points.filter(({ ms }) => ms > 0);
  const peers = measured.map(({ result }) => result.peer);
  return Plot.plot({
    ...frame(peers),
    height: 74 + 22 * peers.length,
    ariaLabel: "latency",
    x: { label: "latency, ms: ○ p50, + p99, × p99.9", labelOffset: 38, type: "log", grid: true },
    y: { label: null, type: "point", domain: peers },
    symbol: { domain: ["p50", "p99", "p99.9"] },
    marks: [
      Plot.line(shown, {
        x: "ms",
        y: "peer",
        z: "peer",
        stroke: "currentColor",
        strokeOpacity: 0.4,
      }),
      Plot.dot(shown, {
        x: "ms",
        y: "peer",
        symbol: "percentile",
        stroke: ({ peer }: Bar) => fill(peer),
        strokeWidth: 2,
        r: 4,
      }),
    ],
  }).outerHTML;
}
