// From results of checks to changes of a server's state.
import t from "tap";
import { RiseAndFall } from "./rise-and-fall.ts";

const THRESHOLDS = { rise: 2, fall: 3 };

/** A server that is up at first, and what it counts as after each check. */
function states(checks: string, rule = new RiseAndFall()): string {
  let up = true;
  return [...checks]
    .map((check) => {
      if (rule.judge(check === "+", up, THRESHOLDS)) up = !up;
      return up ? "U" : "D";
    })
    .join("");
}

t.test("so many in a row, either way", async (t) => {
  t.equal(states("+---++"), "UUUDDU");
  t.equal(states("+--+--+---"), "UUUUUUUUUD", "one pass in between, and they are counted anew");
  t.equal(states("+---+-++"), "UUUDDDDU", "as with a failure between passes");
});

t.test("the first check decides alone, and so does the first pass after it", async (t) => {
  t.equal(states("-+---"), "DUUUD");
  t.equal(states("---+"), "DDDU");
});

t.test("what was forgotten is decided by one check; counting anew is not forgetting", async (t) => {
  const rule = new RiseAndFall();
  states("+--", rule);
  rule.restart();
  t.equal(states("--", rule), "UU");
  rule.forget();
  t.equal(states("-", rule), "D");
});

t.test("an operator's word stays, and checks in a row are not counted meanwhile", async (t) => {
  const rule = new RiseAndFall();
  t.equal(states("+", rule), "U");
  for (let i = 0; i < 5; i++) t.notOk(rule.judge(false, undefined, THRESHOLDS));
  t.equal(states("---", rule), "UUD");
});

t.test("the next check: every interval, ±5 %; soon while it has not been up", async (t) => {
  const rule = new RiseAndFall();
  t.equal(
    rule.pauseMs(2_000, () => 0.5),
    250,
  );
  t.equal(
    rule.pauseMs(100, () => 0.5),
    100,
  );
  rule.judge(true, true, THRESHOLDS);
  t.equal(
    rule.pauseMs(2_000, () => 0),
    1_900,
  );
  t.ok(Math.abs(rule.pauseMs(2_000, () => 1) - 2_100) < 1e-9);
});
