// The search for the rate at which a latency crosses its limit: on curves whose crossing is known, and on a queue.
import t from "tap";
import { HERE } from "../scenarios/runner.ts";
import { advise } from "./advice.ts";
import { findCrossing } from "./crossing.ts";
import { usualFor } from "./settings.ts";

const search = { capacity: 100, most: 98, limitMs: 250, guess: 85, seeds: [1, 2, 3, 4, 5] };

t.test("finds the crossing of each seed", async (t) => {
  let calls = 0;
  // The latency is 10 / (1 − load), times a few per cent more or less for each seed: 250 at loads around .96.
  const found = await findCrossing(search, async (rate, seed) => {
    calls++;
    return (10 * (1 + seed / 100)) / (1 - rate / 100);
  });
  t.equal(found.kind, "at");
  if (found.kind !== "at") return;
  for (const [i, rate] of found.rates.entries()) {
    const right = 100 * (1 - (10 * (1 + (i + 1) / 100)) / 250);
    t.ok(Math.abs(rate / right - 1) < 0.011, `${rate} for ${right}`);
  }
  t.ok(found.rate.low < 96 && found.rate.high > 95);
  t.ok(calls < 60, `${calls} runs`);
});

t.test("a limit below the latency of idle servers never holds", async (t) => {
  t.same(await findCrossing(search, () => Promise.resolve(300)), { kind: "never", idleMs: 300 });
  t.match(await findCrossing(search, () => Promise.resolve(Number.POSITIVE_INFINITY)), {
    kind: "never",
  });
});

t.test(
  "above the highest rate that can be told nothing is asked, and the answer says at least",
  async (t) => {
    const asked: number[] = [];
    const found = await findCrossing(search, async (rate) => {
      asked.push(rate);
      return 20;
    });
    t.same(found, { kind: "at least", rate: 98 });
    t.equal(Math.max(...asked), 98);
    // With one seed of five the limit holds everywhere, so there is a lower bound of the mean only.
    const one = await findCrossing(search, async (rate, seed) =>
      seed === 3 ? 20 : 10 / (1 - rate / 100),
    );
    t.equal(one.kind, "at least");
    t.ok(one.kind === "at least" && one.rate > 95 && one.rate < 96.4);
  },
);

t.test("the interval ends at the capacity", async (t) => {
  // The seeds cross at 62, 70, 78, 86 and 94 of 100.
  const found = await findCrossing(search, async (rate, seed) => (rate > 54 + 8 * seed ? 300 : 20));
  t.ok(found.kind === "at" && found.rate.oneHigh <= 100 && found.rate.high <= 100);
});

t.test("a p99 near the capacity is that of long queues, not of a short run", async (t) => {
  // One worker, exponential work of 10 ms: ln 100 / (μ − λ) is 460 ms at λ = 90 per second. Runs of 500 requests would
  // say 98.5 at least.
  const { carries } = await advise(
    {
      servers: [{ name: "only", speed: 1, weight: 1 }],
      ...{ workers: 1, rate: 50, maxConnections: 0 },
      work: { kind: "drawn", distribution: { kind: "exponential", mean: 10 } },
    },
    {
      limit: { quantile: 0.99, ms: 460 },
      candidates: usualFor(1).slice(0, 1),
      seeds: [1, 2, 3, 4, 5, 6],
      requests: 500,
    },
    { runner: HERE, told: () => undefined },
  );
  t.equal(carries.kind, "at");
  if (carries.kind !== "at") return;
  const { mean, low, high } = carries.rate;
  t.ok(low < 90 && high > 90 && high - low < 5, `${mean}, ${low} to ${high}`);
});

t.test("the rate that one queue carries is that of the textbook", async (t) => {
  // One worker, exponential work of 10 ms: the time in the system is exponential with rate μ − λ (M/M/1), so its p99 is
  // ln 100 / (μ − λ), and 250 ms at λ = 100 − 18.42 = 81.6 per second.
  const { carries, losses, load } = await advise(
    {
      servers: [{ name: "only", speed: 1, weight: 1 }],
      workers: 1,
      rate: 50,
      work: { kind: "drawn", distribution: { kind: "exponential", mean: 10 } },
      maxConnections: 0,
    },
    {
      limit: { quantile: 0.99, ms: 250 },
      candidates: usualFor(1).slice(0, 1),
      seeds: [1, 2, 3, 4, 5, 6, 7, 8],
    },
    { runner: HERE, told: () => undefined },
  );
  t.equal(load, 0.5);
  t.equal(carries.kind, "at");
  if (carries.kind !== "at") return;
  const { mean, low, high } = carries.rate;
  t.ok(low - 1 < 81.6 && high + 1 > 81.6, `${mean}, ${low} to ${high}`);
  t.match(losses, [{ lost: ["only"], load: Number.POSITIVE_INFINITY }]);
});
