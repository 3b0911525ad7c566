// Tests that the fast checks hold, and that a check with a wrong figure fails.
import t from "tap";
import { runCheck } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { above, agrees, ascending, exactly, same, within } from "./finding.ts";

t.test("fast checks hold", async (t) => {
  const fast = CHECKS.filter((check) => check.fast);
  t.ok(fast.length >= 8);
  for (const check of fast) {
    const { verdict, findings } = runCheck(check, false, () => 0);
    const failing = findings.filter(({ holds }) => !holds);
    t.equal(verdict, "holds", `${check.id} ${check.title} ${JSON.stringify(failing)}`);
  }
});

t.test("the registry: every check of the plan once", async (t) => {
  const ids = CHECKS.map(({ id }) => id).sort();
  const elementary = "E1 E10 E11 E12 E13 E14 E15 E2 E3 E4 E5 E6 E7 E8 E9";
  const others = "H1 H2 H3 H4 H5 H6 H7 R1 R2 R6 R7 R8 S1 T1 T2 T3 T4 T5";
  t.equal(ids.join(" "), `${elementary} ${others}`);
});

t.test(
  "a figure with an interval: the expected number lies in it, or within the slack",
  async (t) => {
    // At 99.95 % and 20 values the interval reaches 4.19 standard errors to each side.
    const found = { mean: 1.04, error: 0.01, low: 1.02, high: 1.06, count: 20 };
    t.notOk(agrees("", found, 0.99).holds, "five errors away");
    t.ok(agrees("", found, 1).holds, "four errors away");
    t.ok(agrees("", found, 0.99, { slack: 0.01 }).holds);
    t.notOk(agrees("", { ...found, count: Infinity }, 1).holds, "the normal interval is narrower");
    t.notOk(agrees("", { ...found, mean: Number.NaN }, 1).holds);
    t.notOk(
      agrees("", { ...found, error: Number.NaN, count: 1 }, 1.04).holds,
      "one run is no proof",
    );
    t.ok(above("", found, 0.99).holds);
    t.notOk(above("", found, 1).holds, "the interval reaches below the limit");
  },
);

t.test("a figure without chance, and words", async (t) => {
  t.notOk(exactly("", 1.002, 1, 0.001).holds);
  t.notOk(exactly("", Number.NaN, 1, 0.001).holds);
  t.notOk(within("", 2.1, 1, 2).holds);
  t.notOk(within("", Number.NaN, 1, 2).holds);
  t.notOk(same("", [1, 2], "2 1").holds);
  t.notOk(ascending("", [["a", 2] as const, ["b", 1] as const]).holds);
  t.notOk(ascending("", [["a", 1] as const, ["b", Number.NaN] as const]).holds);
});

t.test("a check without findings proves nothing", async (t) => {
  const check = { id: "X", title: "", source: "", run: () => [] };
  t.equal(runCheck(check, false, () => 0).verdict, "fails");
});
