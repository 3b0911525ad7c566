// Tests deadlines: when their owners are called, and how many in a row before a sweep over all deadlines pauses.
import t from "tap";
import { ManualClock } from "../test/manual-clock.ts";
import { Deadlines } from "./index.ts";

t.test("a deadline expires in the next sweep, never early; it can move and end", async (t) => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const expired: string[] = [];
  const watched = (name: string, at: number) => {
    const deadline = deadlines.add({
      expired() {
        expired.push(name);
        deadline.at = Number.POSITIVE_INFINITY;
      },
    });
    deadline.at = at;
    return deadline;
  };
  watched("soon", 100);
  const moved = watched("moved", 100);
  const forgotten = watched("forgotten", 100);
  watched("late", 1000);
  clock.move(99);
  t.same(expired, []);
  t.equal(moved.at, 100);
  moved.at = 500;
  t.equal(moved.at, 500);
  forgotten.end();
  clock.move(1);
  t.same(expired, ["soon"]);
  clock.move(400);
  clock.move(500);
  t.same(expired, ["soon", "moved", "late"]);
  deadlines.stop();
  clock.move(1000);
  t.equal(expired.length, 3);
});

t.test("deadlines that have ended do not affect those that reuse their slots", async (t) => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const called: number[] = [];
  const add = (name: number) => {
    const deadline = deadlines.add();
    deadline.belongsTo({
      expired() {
        called.push(name);
        deadline.end();
      },
    });
    deadline.at = 100 + name;
    return deadline;
  };
  const first = Array.from({ length: 3000 }, (_, name) => add(name));
  for (const ended of first.slice(0, 1500)) ended.end();
  for (let name = 0; name < 1500; name++) add(5000 + name); // these reuse the array slots of the ended deadlines
  for (const ended of first.slice(0, 1500)) {
    ended.at = 0;
    ended.belongsTo({ expired: () => t.fail("it has ended") });
    ended.end();
  }
  clock.move(2999);
  t.equal(called.length, 1400, "the remaining ones of the first 3000, up to 2899");
  clock.move(5000);
  t.same(new Set(called).size, 3000, "each once");
  t.equal(called.length, 3000);
});

t.test("an owner that is called may add deadlines, end them, and stop all", async (t) => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const called: string[] = [];
  const due = (name: string, run: () => void) => {
    const deadline = deadlines.add({
      expired() {
        called.push(name);
        run();
      },
    });
    deadline.at = 0;
    return deadline;
  };
  const one = due("adds", () => {
    one.end();
    for (let n = 0; n < 200; n++) due("added", () => undefined).end();
    two.end();
  });
  const two = due("ended before its turn", () => undefined);
  due("stops", () => deadlines.stop());
  due("after the stop", () => undefined);
  deadlines.sweep();
  deadlines.sweep();
  t.same(called, ["adds", "stops"]);
});

t.test("when many deadlines are due at once, the owners are called in several turns", async (t) => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const called: number[] = [];
  const all = Array.from({ length: 400 }, (_, name) => {
    const deadline = deadlines.add({
      expired() {
        called.push(name);
        deadline.at = Number.POSITIVE_INFINITY;
        clock.pass(0.3);
      },
    });
    deadline.at = 0;
    return deadline;
  });
  deadlines.sweep();
  t.equal(called.length, 7, "the calls of 2 ms, with the one that had begun");
  deadlines.sweep();
  t.equal(called.length, 7, "a new sweep run not begin before the first has ended");
  for (const [name, deadline] of all.entries()) if (name >= 300) deadline.at = 1_000;
  clock.step();
  t.equal(called.length, 14);
  while (clock.step());
  t.same(
    called,
    Array.from({ length: 300 }, (_, name) => name),
    "deadlines that were moved meanwhile are not called",
  );
  clock.move(1_000);
  t.equal(called.length, 400);

  for (const deadline of all) deadline.at = 0;
  deadlines.sweep();
  deadlines.stop();
  t.notOk(clock.step(), "no timer is left after the stop");
});
