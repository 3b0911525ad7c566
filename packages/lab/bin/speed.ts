// Measures how many requests the simulator handles per second of processor time: `node packages/lab/bin/speed.ts
// [--large]`. Processor time is used, because other programs on the machine disturb it less than elapsed time. The
// first run of an algorithm warms the compiler up. The best run and the median are printed.

import type { Scenario } from "../src/sim/scenario.ts";
import { simulate } from "../src/sim/simulation.ts";

function scenario(count: number, requests: number, balancers: number): Scenario {
  const rate = count * 800;
  return {
    name: `${count} servers, ${balancers} balancers`,
    durationMs: (requests * 1000) / rate,
    traffic: { kind: "open", arrivals: { kind: "poisson", rate } },
    service: { kind: "exponential", mean: 1 },
    servers: [{ count }],
    balancers: { count: balancers },
  };
}

function measure(what: Scenario, algorithm: string, runs: number): void {
  const speeds: number[] = [];
  for (let run = 0; run < runs; run++) {
    const began = process.cpuUsage();
    const { arrived } = simulate(what, { algorithm, seed: run + 1 });
    const { user, system } = process.cpuUsage(began);
    speeds.push(arrived / (user + system));
  }
  const best = Math.max(...speeds);
  const median = speeds.sort((a, b) => a - b)[speeds.length >> 1] ?? best;
  const name = `${what.name}, ${algorithm}`.padEnd(52);
  console.log(`${name} ${best.toFixed(2)} million requests/s (median ${median.toFixed(2)})`);
}

if (process.argv.includes("--large")) {
  measure(scenario(10_000, 2_000_000, 100), "random", 1);
  measure(scenario(10_000, 2_000_000, 100), "round-robin", 1);
} else {
  for (const algorithm of ["round-robin", "random", "least-conn", "peak-ewma", "prequal"])
    measure(scenario(10, 2_000_000, 1), algorithm, algorithm === "round-robin" ? 5 : 2);
}
