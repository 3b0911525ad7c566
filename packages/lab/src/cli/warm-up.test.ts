// Tests which warm-up counts: that of the command line, that of the scenario, or the one that is found.
import t from "tap";
import { CANDIDATES, type Variant } from "../scenarios/study.ts";
import type { Scenario } from "../sim/scenario.ts";
import { warmedUp } from "./warm-up.ts";

const steady: Scenario = {
  name: "steady",
  durationMs: 3_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 1_000 } },
  service: { kind: "exponential", mean: 1 },
  servers: [{ count: 2 }],
};
const variant = (label: string, scenario: Scenario): Variant => ({ label, scenario });
const variants = [
  variant("none", steady),
  variant("own", { ...steady, warmupMs: 200 }),
  variant("faulty", {
    ...steady,
    faults: [{ kind: "crash", servers: [0], atMs: 9, mode: "refuse" }],
  }),
];
const run = (wanted?: number | "found") =>
  warmedUp(variants, [CANDIDATES.roundRobin], { wanted, progress: () => undefined });
const times = (warmed: Awaited<ReturnType<typeof run>>) =>
  warmed.variants.map(({ scenario }) => scenario.warmupMs);

t.test("a warm-up as long as a run is refused", async (t) => {
  await t.rejects(run(3_000), /--warm-up 3000ms: 'none' lasts 3000 ms; expected less than that/);
});

t.test("the command line's warm-up is every variant's", async (t) => {
  t.same(times(await run(50)), [50, 50, 50]);
  t.same((await run(0)).notes, []);
});

t.test("without one it is found only where the scenario is steady and names none", async (t) => {
  const warmed = await run();
  const [none = Number.NaN, own, faulty] = times(warmed);
  t.ok(none >= 0 && none < 1_500);
  t.same([own, faulty], [200, undefined]);
  t.match(warmed.notes, [/^none: .* of 3,000 ms cut as warm-up, found by MSER-5$/]);
  t.equal(warmed.notes.length, 1);
});

t.test("found: also where the scenario names one", async (t) => {
  const warmed = await run("found");
  const [none, own, faulty] = times(warmed);
  t.equal(own, none);
  t.equal(faulty, undefined);
  t.equal(warmed.notes[2], "faulty: changes with time, so no warm-up was looked for");
});

t.test("an overload has no beginning", async (t) => {
  const over = { ...steady, servers: [{ count: 1, speed: 0.5 }] };
  const { notes } = await warmedUp([variant("over", over)], [CANDIDATES.roundRobin], {
    wanted: undefined,
    progress: () => undefined,
  });
  t.match(notes, [/^over: no beginning can be told from the rest, so half was cut; run longer/]);
});
