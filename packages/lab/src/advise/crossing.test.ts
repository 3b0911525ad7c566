// The search for the rate at which a latency crosses its limit: on curves whose crossing is known, and on a queue.
import t from "tap";
import { HERE } from "../scenarios/runner.ts";
import { advise } from "./advice.ts";
import { findCrossing } from "./crossing.ts";
import { usualFor } from "./settings.ts";

const search = { capacity: 100, limitMs: 250, guess: 85, seeds: [1, 2, 3, 4, 5] };

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

t.test("a limit that nothing reaches holds up to the capacity", async (t) => {
  t.same(await findCrossing(search, () => Promise.resolve(20)), { kind: "always", capacity: 100 });
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
