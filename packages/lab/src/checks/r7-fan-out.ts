// R7: a page that needs a hundred answers is slow when any of the answers is slow. With 1 % slow answers, 1 − .99^100 =
// 63.4 % of the pages are slow.
import { simulate } from "../sim/simulation.ts";
import type { Tap } from "../sim/tap.ts";
import { type Check, near } from "./check.ts";

const FAN_OUT = 100;

export const fanOut: Check = {
  id: "R7",
  title: "Fan-out of 100 with 1 % slow answers",
  source: "Dean & Barroso, The Tail at Scale (2013)",
  fast: true,
  run: (full) => {
    const pages = full ? 100_000 : 10_000;
    const slowPages = new Set<number>();
    const tap: Tap = {
      end(_time, request, _server, _outcome, latencyMs) {
        if (latencyMs > 100) slowPages.add(Math.floor(request / FAN_OUT));
      },
    };
    const result = simulate(
      {
        name: "fan-out",
        durationMs: pages,
        drainMs: 2_000,
        traffic: {
          kind: "open",
          arrivals: { kind: "batch", ratePerSecond: 1000 * FAN_OUT, size: FAN_OUT },
        },
        service: { kind: "bimodal", fast: 10, slow: 0.01, factor: 100 },
        servers: [{ count: FAN_OUT, workers: 100_000 }],
        measure: { perServer: false, seriesMs: 1000, sampleMs: 1000 },
      },
      { algorithm: "random", tap },
    );
    const share = slowPages.size / (result.arrived / FAN_OUT);
    const expected = 1 - 0.99 ** FAN_OUT;
    // The number of slow pages is binomially distributed. Its standard deviation is less than the tolerance of one
    // percentage point.
    return [near("share of slow pages", share, expected, 0.01 / expected)];
  },
};
