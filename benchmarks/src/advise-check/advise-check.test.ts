// The parts of the check that could make a wrong adviser look right: the queue of the servers, the interval of what was
// measured, and the word about each line.
import t from "tap";
import { seeded } from "../soak/seeded.ts";
import { undisturbed } from "./check-site.ts";
import { holds, tableOf } from "./check-table.ts";
import { latencyAt, measuredInterval, shareOf } from "./measured-interval.ts";
import type { Answer } from "./open-loop.ts";
import { SITES } from "./sites.ts";
import { WorkerQueue } from "./worker-queue.ts";

t.test("requests wait in order for a worker, and a faster server takes less long", async (t) => {
  const queue = new WorkerQueue(2, 0.5);
  t.equal(queue.take(0, 10), 20, "a free worker, at half the speed");
  t.equal(queue.take(5, 10), 25, "the other one");
  t.equal(queue.take(6, 5), 30, "begins at 20, when the first is free");
  t.equal(queue.take(100, 1), 102, "nothing is left of the queue");
});

t.test("one worker is the queue of the textbook", async (t) => {
  // Poisson arrivals and exponential work at load .5: the mean time there is work / (1 − load), 20 ms for 10 (M/M/1).
  const draw = seeded(5);
  const queue = new WorkerQueue(1, 1);
  let [now, sum] = [0, 0];
  for (let i = 0; i < 200_000; i++) {
    now += -20 * Math.log(1 - draw());
    sum += queue.take(now, -10 * Math.log(1 - draw())) - now;
  }
  const mean = sum / 200_000;
  t.ok(Math.abs(mean - 20) < 1, `${mean} ms`);
});

t.test("the work of every site has the mean that its text says", async (t) => {
  const means = SITES.map(({ work }) => {
    const draw = seeded(3);
    let sum = 0;
    for (let i = 0; i < 400_000; i++) sum += work(draw);
    return sum / 400_000;
  });
  for (const [i, expected] of [40, 60, 58].entries())
    t.ok(Math.abs((means[i] ?? 0) / expected - 1) < 0.03, `${means[i]} for ${expected}`);
  for (const { busyRate, speeds, workers } of SITES) {
    const load = (busyRate * 58) / 1000 / (workers * speeds.reduce((sum, one) => sum + one, 0));
    t.ok(load > 0.4 && load < 1, "a load that makes queues and no chaos");
  }
});

const answers = (count: number): readonly Answer[] => {
  const draw = seeded(9);
  return Array.from({ length: count }, (_, i) => ({
    ...{
      atMs: i,
      latencyMs: -100 * Math.log(1 - draw()),
      stayMs: 0,
      box: i % 4 === 0 ? 0 : 1,
      lateMs: 0,
    },
  }));
};

t.test("intervals hold what the answers were drawn from", async (t) => {
  const median = measuredInterval(answers(4_000), latencyAt(0.5));
  t.ok(median.low < 69.3 && median.high > 69.3, `${median.low} to ${median.high}`);
  t.ok(median.high - median.low < 15, "and are not endless");
  t.equal(shareOf(0)(answers(4_000)), 25);
});

t.test("a line holds only within the predicted range, and a disturbed run says so", async (t) => {
  const line = (value: number) => ({
    ...{ what: "p99", unit: "ms", predicted: { mean: 100, oneLow: 90, oneHigh: 115 } },
    measured: { value, low: value, high: value },
  });
  t.same(
    [89, 90, 115, 116].map((value) => holds(line(value))),
    [false, true, true, false],
  );
  const [site] = SITES;
  if (site === undefined) return t.fail("there is a site");
  const none = { mean: 1, oneLow: 1, oneHigh: 1 };
  const report = {
    ...{
      site,
      lines: [line(125)],
      added: { p50: 1, p99: 3 },
      lateP99Ms: 2,
      requests: 10,
      failed: 0,
    },
    prediction: { weights: [2, 1], p50: none, p99: none, shares: [], load: 0.6, speeds: [1, 0.5] },
  };
  t.ok(undisturbed(report));
  t.match(
    tableOf(report).join("\n"),
    /\| p99 \| 100 ms \| 90\.0 to 115 \| 125 ms \| .* \| \+25\.0 ms, \+25\.0 % \| beyond \|/,
  );
  const late = { ...report, lateP99Ms: 40 };
  t.notOk(undisturbed(late));
  t.match(tableOf(late).join("\n"), "too busy with something else");
});
