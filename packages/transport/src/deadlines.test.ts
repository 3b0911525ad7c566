// Deadlines: who is told, when, and how many at a time.
import t from "tap";
import { ManualClock } from "../test/manual-clock.ts";
import { Deadlines } from "./index.ts";

t.test("never early, found by the next sweep, movable, forgettable", async (t) => {
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
  moved.at = 500;
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

t.test("thousands come and go, and none touches another's", async (t) => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const told: number[] = [];
  const add = (name: number) => {
    const deadline = deadlines.add();
    deadline.belongsTo({
      expired() {
        told.push(name);
        deadline.end();
      },
    });
    deadline.at = 100 + name;
    return deadline;
  };
  const first = Array.from({ length: 3000 }, (_, name) => add(name));
  for (const ended of first.slice(0, 1500)) ended.end();
  for (let name = 0; name < 1500; name++) add(5000 + name); // where those were that have ended
  for (const ended of first.slice(0, 1500)) {
    ended.at = 0;
    ended.belongsTo({ expired: () => t.fail("it has ended") });
    ended.end();
  }
  clock.move(2999);
  t.equal(told.length, 1400, "those of the first that are still there, until 2899");
  clock.move(5000);
  t.same(new Set(told).size, 3000, "each once");
  t.equal(told.length, 3000);
});

t.test("one that is told may add others and end them, and stop all", async (t) => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const told: string[] = [];
  const due = (name: string, does: () => void) => {
    const deadline = deadlines.add({
      expired() {
        told.push(name);
        does();
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
  t.same(told, ["adds", "stops"]);
});

t.test("of many that are due at once, some are told at a time, as long as it takes", async (t) => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const told: number[] = [];
  const all = Array.from({ length: 400 }, (_, name) => {
    const deadline = deadlines.add({
      expired() {
        told.push(name);
        deadline.at = Number.POSITIVE_INFINITY;
        clock.pass(0.3);
      },
    });
    deadline.at = 0;
    return deadline;
  });
  deadlines.sweep();
  t.equal(told.length, 7, "2 ms, and the one that was begun");
  deadlines.sweep();
  t.equal(told.length, 7, "one sweep after the other");
  for (const [name, deadline] of all.entries()) if (name >= 300) deadline.at = 1_000;
  clock.step();
  t.equal(told.length, 14);
  while (clock.step());
  t.same(
    told,
    Array.from({ length: 300 }, (_, name) => name),
    "not who has moved meanwhile",
  );
  clock.move(1_000);
  t.equal(told.length, 400);

  for (const deadline of all) deadline.at = 0;
  deadlines.sweep();
  deadlines.stop();
  t.notOk(clock.step(), "nothing is to come after the stop");
});
