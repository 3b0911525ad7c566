// Draws the plots of a workload as SVG with Observable Plot, on a document that needs no browser.
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Measured } from "../run/result.ts";
import type { WorkloadReport } from "../run/run-workload.ts";

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/**
 * Gives Tandem another colour than the rest. The colours are from Okabe and Ito: they can be told apart with any
 * colour vision.
 */
const fill = (peer: string) => (peer.startsWith("tandem") ? "#d55e00" : "#56b4e9");

/** The greatest width of a character of a peer's name, in the font size below. */
const CHARACTER_PX = 8.5;

/**
 * Returns the settings of a plot with one line for each of `peers`. The left margin is as wide as the longest name,
 * because the name of a revision may be long.
 */
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

/** Draws a bar for each peer, as long as its median, with a dot for each round. */
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

/** Draws CPU time per request, or the memory of idle connections. */
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

/** Draws the times within which half, 99 % and 99.9 % of the requests were answered. */
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
