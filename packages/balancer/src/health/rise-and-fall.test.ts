// Tests which results of checks change a server's state.
import t from "tap";
import { RiseAndFall } from "./rise-and-fall.ts";

const THRESHOLDS = { rise: 2, fall: 3 };

/**
 * Returns the state of a server after each check (U up, D down). `checks` has a + for each check
 * that passes and a - for each check that fails. The server is up at the beginning.
 */
function states(checks: string, rule = new RiseAndFall()): string {
  let up = true;
  return [...checks]
    .map((check) => {
      if (rule.judge(check === "+", up, THRESHOLDS)) up = !up;
      return up ? "U" : "D";
    })
    .join("");
}

t.test("a state changes after so many equal results in a row, in both directions", async (t) => {
  t.equal(states("+---++"), "UUUDDU");
  t.equal(
    states("+--+--+---"),
    "UUUUUUUUUD",
    "a pass in between makes failures count from zero again",
  );
  t.equal(
    states("+---+-++"),
    "UUUDDDDU",
    "a failure in between makes passes count from zero again",
  );
});

t.test("the first check decides alone; if it fails, the first pass does too", async (t) => {
  t.equal(states("-+---"), "DUUUD");
  t.equal(states("---+"), "DDDU");
});

t.test("after forget one check decides; restart only sets the count to zero", async (t) => {
  const rule = new RiseAndFall();
  states("+--", rule);
  rule.restart();
  t.equal(states("--", rule), "UU");
  rule.forget();
  t.equal(states("-", rule), "D");
});

t.test("a state set by an operator stays, and checks are not counted meanwhile", async (t) => {
  const rule = new RiseAndFall();
  t.equal(states("+", rule), "U");
  for (let i = 0; i < 5; i++) t.notOk(rule.judge(false, undefined, THRESHOLDS));
  t.equal(states("---", rule), "UUD");
});

t.test("the next check: after the interval ±5 %, and sooner before a first pass", async (t) => {
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
