// Tests that the fast checks hold, and that a check with a wrong figure fails.
import t from "tap";
import { ascending, near, runCheck, same } from "./check.ts";
import { CHECKS } from "./checks.ts";

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
  const expected = "E1 E2 E3 E4 E5 E6 E7 E8 H1 H2 H3 H4 H5 R1 R2 R6 R7 R8 T1 T2 T3 T4 T5";
  t.equal(ids.join(" "), expected);
});

t.test("a check can fail", async (t) => {
  t.notOk(near("", 1.04, 1, 0.03).holds);
  t.ok(near("", { mean: 1.04, error: 0.02, low: 1, high: 1.08, count: 20 }, 1, 0.03).holds);
  t.notOk(same("", [1, 2], "2 1").holds);
  t.notOk(
    ascending("", [
      ["a", 2],
      ["b", 1],
    ]).holds,
  );
  t.notOk(
    ascending("", [
      ["a", 1],
      ["b", Number.NaN],
    ]).holds,
  );
  const check = { id: "X", title: "", source: "", run: () => [] };
  t.equal(
    runCheck(check, false, () => 0).verdict,
    "fails",
    "a check without findings proves nothing",
  );
});
