// Tests which figures are green.
import t from "tap";
import { wins } from "./better.ts";

const success = { name: "success", better: "higher" } as const;
const mean = { name: "mean", better: "lower" } as const;
const run = (successShare: number, unstable?: number) => ({ successShare, unstable });

t.test("a share of good answers is better by more than 2 % fewer losses", async (t) => {
  t.notOk(wins(success, [0.812, run(0.812)], [0.811, run(0.811)]));
  t.ok(wins(success, [0.82, run(0.82)], [0.811, run(0.811)]));
  t.ok(wins(success, [0.9999, run(0.9999)], [0.9998, run(0.9998)]));
  t.notOk(wins(success, [1, run(1)], [1, run(1)]));
  t.ok(wins(success, [1, run(1)], [0.999, run(0.999)]));
});

t.test("a latency is better by more than 2 %, unless more was lost", async (t) => {
  t.ok(wins(mean, [97, run(1)], [100, run(1)]));
  t.notOk(wins(mean, [99, run(1)], [100, run(1)]));
  t.notOk(wins(mean, [50, run(0.9)], [100, run(1)]));
  t.notOk(wins(mean, [Number.NaN, undefined], [100, run(1)]));
});

t.test("nothing is better in an unstable run", async (t) => {
  const unanswered = { name: "unanswered", better: "lower" } as const;
  t.notOk(wins(success, [0.9, run(0.9, 1.2)], [0.5, run(0.5, 1.2)]));
  t.notOk(wins(mean, [50, run(0.9, 1.2)], [100, run(0.9, 1.2)]));
  t.notOk(wins(unanswered, [50, run(0.9, 1.2)], [100, run(0.9, 1.2)]));
});
