// How many requests a run needs: the formula, and that a run so long has the mean of the textbook.
import t from "tap";
import { CANDIDATES } from "../scenarios/study.ts";
import { requestsToSettle, settledUpTo } from "./relaxation.ts";
import { simulate } from "./simulation.ts";

const QUEUE = { service: { kind: "exponential", mean: 10 }, servers: 1 } as const;

t.test("a run is the longer, the nearer the load is to 1", async (t) => {
  t.equal(requestsToSettle(0.25, QUEUE), 40, "1 / (1 − √.25)² are 4 service times, 1 arrival");
  t.ok(requestsToSettle(0.99, QUEUE) > 1_400_000);
  t.equal(requestsToSettle(1, QUEUE), Number.POSITIVE_INFINITY);
  const uneven = {
    ...QUEUE,
    service: { kind: "bimodal", fast: 1, slow: 0.01, factor: 100 },
  } as const;
  t.ok(requestsToSettle(0.9, uneven) > 10 * requestsToSettle(0.9, QUEUE), "uneven work");
  t.equal(requestsToSettle(0.25, { ...QUEUE, servers: 100 }), 400, "each has a queue of its own");
});

t.test("the load up to which a number of requests is enough", async (t) => {
  for (const requests of [1_000, 20_000, 200_000]) {
    const load = settledUpTo(requests, QUEUE);
    t.ok(load > 0 && load < 1);
    t.ok(Math.abs(requestsToSettle(load, QUEUE) / requests - 1) < 0.001, `${load}`);
  }
});

t.test("runs of that length have the mean time of M/M/1", async (t) => {
  // The mean time in the system is 10 ms / (1 − ρ): 100 ms at .9.
  const rate = 90;
  const durationMs = (requestsToSettle(0.9, QUEUE) * 1000) / rate;
  const means = [1, 2, 3, 4].map(
    (seed) =>
      simulate(
        {
          name: "one queue",
          durationMs: 1.1 * durationMs,
          warmupMs: 0.1 * durationMs,
          traffic: { kind: "open", arrivals: { kind: "poisson", rate } },
          service: QUEUE.service,
          servers: [{ count: 1 }],
        },
        { ...CANDIDATES.roundRobin, seed },
      ).histogram.mean,
  );
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  t.ok(mean > 85 && mean < 120, `${mean} of ${means.map(Math.round).join(", ")}`);
});
