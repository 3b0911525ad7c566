// Tests that the yardstick is a lower bound where servers have several workers, unequal speeds and misleading weights,
// and that it equals one queue in front of all workers.
import t from "tap";
import type { Distribution } from "./distribution.ts";
import type { Scenario, ServerGroup } from "./scenario.ts";
import { simulate } from "./simulation.ts";

/** Every way to look at load. The others look at keys or at nothing. */
const OTHERS = [
  ...["round-robin", "random", "least-conn", "least-time", "peak-ewma", "prequal"],
  ...["client-side-wrr", "join-idle-queue", "jsq", "least-conn-by-index"],
];
const MEAN = 10;
const SHAPES: readonly Distribution[] = [
  { kind: "exponential", mean: MEAN },
  { kind: "lognormal", mean: MEAN, sigma: 1.5 },
];

function scenario(
  servers: readonly ServerGroup[],
  load: number,
  service: Distribution = { kind: "exponential", mean: MEAN },
): Scenario {
  const capacity = servers.reduce(
    (sum, { count, workers = 1, speed = 1 }) => sum + count * workers * speed,
    0,
  );
  const rate = (1000 * load * capacity) / MEAN;
  return {
    name: "yardstick",
    durationMs: (1000 * 4_000) / rate,
    drainMs: 10_000,
    traffic: { kind: "open", arrivals: { kind: "poisson", rate } },
    service,
    servers,
    reports: { inAnswers: true, whenIdle: true },
  };
}

const mean = (one: Scenario, algorithm: string) => simulate(one, { algorithm }).latency.mean;

t.test("servers of several workers are one queue in front of all workers", async (t) => {
  for (const service of SHAPES)
    for (const workers of [2, 5]) {
      const central = mean(scenario([{ count: 1, workers: 4 * workers }], 0.9, service), "jsq");
      const spread = mean(scenario([{ count: 4, workers }], 0.9, service), "least-work-left");
      t.ok(Math.abs(spread - central) < 1e-6, `${service.kind}, ${workers}: ${spread} ${central}`);
    }
});

t.test("no algorithm has a lower mean", async (t) => {
  const fleets: readonly (readonly ServerGroup[])[] = [
    [{ count: 4, workers: 2 }],
    [
      { count: 2, workers: 8 },
      { count: 2, workers: 1 },
    ],
    [
      { count: 1, workers: 4 },
      { count: 1, workers: 4, speed: 0.4, weight: 3 },
    ],
    [{ count: 4, workers: 2, discipline: "sharing" }],
    [
      { count: 1, workers: 2, discipline: "sharing" },
      { count: 1, workers: 2, speed: 0.4, weight: 3, discipline: "sharing" },
    ],
  ];
  for (const servers of fleets)
    for (const service of SHAPES)
      for (const load of [0.5, 0.9]) {
        const one = scenario(servers, load, service);
        const least = mean(one, "least-work-left");
        const better = OTHERS.filter((algorithm) => mean(one, algorithm) < 0.99 * least);
        t.same(better, [], `${JSON.stringify(servers)} ${service.kind} ${load}: ${least}`);
      }
});
