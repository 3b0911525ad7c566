// R7: a page that needs a hundred answers is slow when any of the answers is slow. With 1 % slow answers, 1 − .99^100 =
// 63.4 % of the pages are slow.
import { simulate } from "../sim/simulation.ts";
import type { Tap } from "../sim/tap.ts";
import type { Check } from "./check.ts";
import { shareOf } from "./confidence.ts";
import { agrees } from "./finding.ts";

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
    const expected = 1 - 0.99 ** FAN_OUT;
    const found = shareOf(slowPages.size, result.arrived / FAN_OUT, expected);
    return [agrees("share of slow pages", found, expected)];
  },
};
