// E12 and E13: the arrivals. Bursty traffic (a Markov-modulated Poisson process) makes counts more uneven than Poisson's
// and queues longer; by how much depends on how long each state lasts. Several balancers that go round robin on their
// own give a server a mixture of streams, each of every nth request.
import { compileArrivals } from "../sim/arrivals.ts";
import { simulate } from "../sim/simulation.ts";
import { Stream } from "../sim/stream.ts";
import type { Tap } from "../sim/tap.ts";
import { estimate } from "../stats/estimate.ts";
import type { Check, Finding } from "./check.ts";
import { bursts, meanTime, rateOf, roundRobins } from "./exact/map-m1.ts";
import { agrees } from "./finding.ts";
import { queues } from "./queues.ts";
import { meanTimeOf } from "./replicate.ts";

/** Two states: arrivals per millisecond, and how long a state lasts. */
const RATES = [1.2, 0.2] as const;
const LASTS = [20, 30] as const;
const MMPP = {
  kind: "mmpp",
  states: RATES.map((rate, i) => ({ ratePerSecond: 1000 * rate, meanMs: LASTS[i] ?? 0 })),
} as const;
const EXACT = bursts(RATES, [1 / LASTS[0], 1 / LASTS[1]]);

/** Counts the arrivals in windows with gaps between them, so that the counts hardly depend on each other. */
function countsOf(windowMs: number, windows: number, seed: number): number[] {
  const process = compileArrivals(MMPP);
  const stream = new Stream(seed, "arrivals");
  const counts = new Array<number>(windows).fill(0);
  const every = 2 * windowMs;
  for (
    let time = process.next(0, stream);
    time < every * windows;
    time = process.next(time, stream)
  ) {
    const window = Math.floor(time / every);
    if (time - window * every >= windowMs) counts[window] = (counts[window] ?? 0) + 1;
  }
  return counts;
}

/** Variance over mean of the counts in a window (Fischer & Meier-Hellstern, The MMPP cookbook, 1993). */
function dispersion(windowMs: number): number {
  const [ends, begins] = [1 / LASTS[0], 1 / LASTS[1]];
  const changes = ends + begins;
  const variance = ((RATES[0] - RATES[1]) ** 2 * ends * begins) / changes ** 2;
  const settled = 1 - (1 - Math.exp(-changes * windowMs)) / (changes * windowMs);
  return 1 + ((2 * variance) / (changes * rateOf(EXACT))) * settled;
}

function countFindings(full: boolean): Finding[] {
  const windowMs = 100;
  const runs = Array.from({ length: 20 }, (_, run) =>
    countsOf(windowMs, full ? 50_000 : 5_000, run),
  );
  const means = runs.map((counts) => counts.reduce((sum, count) => sum + count, 0) / counts.length);
  const indices = runs.map((counts, run) => {
    const mean = means[run] ?? 0;
    const squares = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0);
    return squares / (counts.length - 1) / mean;
  });
  return [
    agrees(
      "MMPP: arrivals per millisecond",
      estimate(means.map((mean) => mean / windowMs)),
      rateOf(EXACT),
    ),
    agrees(
      `MMPP: index of dispersion of counts in ${windowMs} ms`,
      estimate(indices),
      dispersion(windowMs),
      { method: "Fischer & Meier-Hellstern 1993" },
    ),
  ];
}

export const burstyArrivals: Check = {
  id: "E12",
  title: "Markov-modulated arrivals: their counts, and the queue MMPP/M/1",
  source: "Neuts, Matrix-Geometric Solutions in Stochastic Models (1981)",
  *run(full) {
    yield* countFindings(full);
    yield agrees(
      "MMPP/M/1: E[T]",
      meanTimeOf(
        {
          load: rateOf(EXACT),
          requests: full ? 20_000_000 : 3_000_000,
          warmupMs: 2000,
          more: { traffic: { kind: "open", arrivals: MMPP } },
        },
        { algorithm: "round-robin" },
      ),
      meanTime(EXACT, 1),
      { method: "matrix-geometric, 2 phases" },
    );
  },
};

/** Returns how many of the first requests of all balancers each server gets. */
function firstPicks(balancers: number, servers: number, seed: number): number[] {
  const seen = new Set<number>();
  const counts = new Array<number>(servers).fill(0);
  const tap: Tap = {
    pick(_time, _request, balancer, server) {
      if (seen.has(balancer)) return;
      seen.add(balancer);
      counts[server] = (counts[server] ?? 0) + 1;
    },
  };
  const scenario = queues({
    load: 0.5,
    count: servers,
    requests: 10 * balancers,
    warmupMs: 0,
    more: { balancers: { count: balancers } },
  });
  simulate(scenario, { algorithm: "round-robin", seed, tap });
  return counts;
}

/** χ² / degrees of freedom of the first picks; its mean is 1 when each balancer begins at a server at random. */
function unevenness(): Finding {
  const [balancers, servers] = [200, 10];
  const values = Array.from({ length: 100 }, (_, seed) => {
    const counts = firstPicks(balancers, servers, seed + 1);
    const expected = counts.reduce((sum, count) => sum + count, 0) / servers;
    return (
      counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0) / (servers - 1)
    );
  });
  return agrees(
    `first picks of ${balancers} balancers: χ² per degree of freedom`,
    estimate(values),
    1,
    { method: "each begins at a server at random" },
  );
}

export const roundRobinsOutOfStep: Check = {
  id: "E13",
  title: "Several balancers, each round robin on its own, begin out of step",
  source: "the queue MAP/M/1 of a server, matrix-geometric (Neuts 1981)",
  *run(full) {
    yield unevenness();
    for (const [balancers, count] of [
      [2, 2],
      [3, 3],
    ] as const) {
      const load = 0.8;
      const requests = full ? 20_000_000 : 2_000_000;
      const options = { load, count, requests, more: { balancers: { count: balancers } } };
      const expected = meanTime(roundRobins(balancers, count, load * count), 1);
      yield agrees(
        `${balancers} balancers, ${count} servers, ρ = ${load}: E[T]`,
        meanTimeOf(options, { algorithm: "round-robin" }),
        expected,
        { method: `matrix-geometric, ${count ** balancers} phases` },
      );
    }
  },
};
