// Tests Prequal: the paper's reuse budget, the hot-cold rule, and when a probe answer leaves the
// pool.
import fc from "fast-check";
import t from "tap";
import { type Fake, fakes, seeded, world } from "../contract/index.ts";
import { Dice } from "../dice.ts";
import { openPicker } from "../open-picker.ts";
import { reuseBudget, roundRandomly } from "./budget.ts";
import { compareHcl } from "./hcl.ts";
import type { PrequalParameters } from "./options.ts";
import { ProbePool } from "./probe-pool.ts";
import { ProbeSchedule } from "./probe-schedule.ts";
import { RifQuantile } from "./rif-quantile.ts";

const CONTEXT = { tried: [], key: undefined };
const open = (count: number, tuning: Partial<PrequalParameters> = {}) => {
  const list = fakes(new Array(count).fill(1));
  const made = world((environment) => openPicker<Fake, "prequal">("prequal", environment, tuning));
  made.picker.update(list);
  const tell = (index: number, inFlight: number, latencyMs: number) => {
    const server = list[index];
    if (server !== undefined) made.picker.report?.(server, { inFlight, latencyMs });
  };
  const name = () => made.picker.pick(CONTEXT)?.name;
  return { ...made, list, tell, name };
};

t.test("reuse budget: n = 100, m = 16, δ = 1", async (t) => {
  const table = [
    [3, 1, 1.316],
    [2, 1, 2.941],
    [1, 0.25, 3.39],
    [0.5, 0.25, 11.765],
  ] as const;
  for (const [probesPerPick, removalsPerPick, budget] of table) {
    const input = { poolSize: 16, servers: 100, probesPerPick, removalsPerPick, netGrowth: 1 };
    t.equal(Number(reuseBudget(input).toFixed(3)), budget);
  }
  const few = { poolSize: 16, servers: 16, probesPerPick: 3, removalsPerPick: 0, netGrowth: 1 };
  t.equal(reuseBudget(few), Number.POSITIVE_INFINITY);
  t.equal(reuseBudget({ ...few, servers: 1000, probesPerPick: 50 }), 1, "at least once");
  const dice = new Dice(seeded(2));
  let sum = 0;
  for (let i = 0; i < 10_000; i++) sum += roundRandomly(1.316, dice);
  // The mean has the standard deviation σ = √(.316 · .684 / 10000) = .0046; 4 σ = .0186.
  t.ok(Math.abs(sum / 10_000 - 1.316) < 0.0186, `${sum / 10_000}`);
});

t.test("quantile of the last 128 reports", async () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(20), { minLength: 1, maxLength: 300, size: "max" }),
      fc.constantFrom(0, 0.5, 0.84, 0.99),
      (rifs, q) => {
        const window = new RifQuantile();
        for (const rif of rifs) window.add(rif);
        const last = rifs.slice(-128).sort((a, b) => a - b);
        return window.at(q) === last[Math.floor(q * last.length)];
      },
    ),
  );
});

t.test("hot and cold", async (t) => {
  t.ok(
    compareHcl(2, 900, 3, 1, 2) < 0,
    "a cold server before a hot one, however slow the cold one is",
  );
  t.ok(compareHcl(2, 5, 0, 9, 2) < 0, "of two cold servers the faster");
  t.ok(compareHcl(7, 1, 5, 9, 2) > 0, "of two hot servers the one with fewer requests");
  t.equal(compareHcl(9, 1, 9, 7, 2), 0);
});

t.test("picks by the rule, and names the part of the rule that decided", async (t) => {
  const { tell, name, picker } = open(4);
  t.ok(name());
  t.equal(picker.why, "fallback", "no answers yet");
  tell(0, 1, 50);
  tell(1, 1, 20);
  tell(2, 9, 1);
  // The reported requests in flight are 1, 1 and 9. Their .84 quantile is 9, so no server is above
  // it, and all are cold.
  t.equal(name(), "s2");
  t.equal(picker.why, "cold");
  for (let i = 0; i < 20; i++) tell(0, 1, 50);
  // Now the quantile is 1. s2 has 10 requests (9 reported, 1 given to it since), so s2 is hot. Of
  // the cold servers s1 is the fastest.
  t.equal(name(), "s1");
  t.equal(picker.why, "cold");
  t.equal(name(), "s0", "s1 has 2 requests with the one just given to it");
  t.match(name(), /s0|s1/, "all are hot: s0 and s1 have 2, s2 has 10");
  t.equal(picker.why, "tie");
  for (let i = 0; i < 2; i++) name();
  for (let i = 0; i < 20; i++) tell(3, 3, 1);
  picker.pick(CONTEXT);
  t.equal(picker.why, "cold", "busier times: 3 is the quantile now");
});

t.test("an answer leaves the pool by age, by use and by removal", async (t) => {
  const { tell, picker, clock, name } = open(4);
  tell(0, 0, 1);
  tell(1, 0, 2);
  clock.now = 1_000;
  t.equal(name(), "s0");
  clock.now = 1_001;
  name();
  t.equal(picker.why, "fallback", "older than a second");
  const large = open(100, { removalsPerPick: 0, probesPerPick: 30, netGrowth: 0 });
  for (let i = 0; i < 4; i++) large.tell(i, 0, i + 1);
  t.same([large.name(), large.name()], ["s0", "s1"], "a budget of one use each");
  const worst = open(100, { probesPerPick: 0 });
  for (let i = 0; i < 20; i++) worst.tell(2, 0, 3);
  for (const i of [0, 1, 2, 3, 4]) {
    worst.clock.now = i;
    worst.tell(i, i === 3 ? 50 : 0, i + 1);
  }
  const onlyS3 = { key: undefined, tried: worst.list.filter(({ name }) => name !== "s3") };
  t.equal(worst.name(), "s0", "then its answer is removed as the oldest");
  t.equal(worst.picker.pick(onlyS3)?.name, "s3");
  t.equal(worst.picker.why, "hot", "its answer was in the pool, and is now removed as the worst");
  t.equal(worst.picker.pick(onlyS3)?.name, "s3");
  t.equal(worst.picker.why, "fallback");
});

t.test("the pool: one answer per server; the oldest makes room for a new one", async (t) => {
  const pool = new ProbePool(3);
  for (const [server, at] of [
    [5, 0],
    [6, 1],
    [5, 2],
    [7, 3],
    [8, 4],
  ] as const)
    pool.add(server, server, 1, at, 9);
  t.same([...pool.server].sort(), [5, 7, 8], "6 was the oldest, 5 had a new answer");
  pool.renumber(Int32Array.of(8, -1, 5), fakes([1, 1, 1]));
  t.equal(pool.size, 2);
  t.same([...pool.server.subarray(0, 2)].sort(), [0, 2]);
  pool.expire(4, 1);
  pool.expire(5, 1);
  t.equal(pool.size, 1);
  t.equal(pool.server[0], 0, "server 8 has number 0 now, and its answer is young enough");
});

t.test("a failing server is hot", async (t) => {
  const { tell, picker, list, name } = open(3);
  for (let i = 0; i < 30; i++) for (const index of [0, 1, 2]) tell(index, 1, index + 1);
  const [s0] = list;
  t.equal(name(), "s0");
  if (s0 !== undefined) picker.ended?.(s0, "failed", 1);
  tell(0, 0, 1);
  tell(0, 1, 1);
  t.equal(name(), "s1", "1 request in flight and 1 failed count for more than those of the others");
});

t.test("weights: a server of twice the weight may have twice the requests", async (t) => {
  const { tell, picker, list, name } = open(2);
  for (const one of list.slice(0, 1)) one.weight = 3;
  picker.update(list);
  for (let i = 0; i < 20; i++) {
    tell(0, 12, 5);
    tell(1, 5, 5);
  }
  t.equal(name(), "s0", "12 / 3 is less than 5 / 1");
});

t.test(
  "probes: a fixed number per request, no server twice, some while no request comes",
  async (t) => {
    const servers = Array.from({ length: 10 }, (_, i) => i);
    const schedule = new ProbeSchedule<number>(new Dice(seeded(1)), 2.5);
    schedule.update(servers);
    t.equal(schedule.next().length, 3, "idle");
    const seen = new Array<number>(10).fill(0);
    let sent = 0;
    for (let i = 0; i < 4_000; i++) {
      schedule.picked();
      const batch = schedule.next();
      sent += batch.length;
      if (new Set(batch).size !== batch.length) t.fail(`${batch}`);
      for (const server of batch) seen[server] = (seen[server] ?? 0) + 1;
    }
    t.equal(sent, 10_000);
    // Each of the 10 servers gets 1000 of the 10000 probes on average. σ is below √(10000 · .1) =
    // 32; 4 σ = 128.
    for (const count of seen) t.ok(Math.abs(count - 1_000) < 128, `${count}`);
    schedule.update([7]);
    schedule.picked();
    t.same([...schedule.next()], [7], "no more than there are");
  },
);
