import t from "tap";
import { ManualClock } from "../test/manual-clock.ts";
import { type Drainable, drain, FRESH_MS } from "./drain.ts";

const DEADLINE_MS = 10_000;

function given(count: number) {
  const clock = new ManualClock();
  const open = new Set<Drainable & { left: number }>();
  const leftAt: number[] = [];
  const add = (idle = true) => {
    const connection = {
      ...{ draining: false, idle, left: -1 },
      leave() {
        leftAt.push(clock.now());
        open.delete(connection);
      },
    };
    open.add(connection);
    return connection;
  };
  for (let i = 0; i < count; i++) add();
  let closedAt = -1;
  let over = false;
  const drained = (deadlineMs = DEADLINE_MS, arriving = () => false, replaced = false) =>
    drain({
      ...{ connections: open, clock, deadlineMs, arriving, replaced },
      accepted: () => 0,
      stopAccepting: () => {
        closedAt = clock.now();
      },
    }).then(() => {
      over = true;
    });
  /** Moves the clock in steps of 50 ms. The event loop runs in each step, so that the drain can go on. */
  const pass = async (ms: number) => {
    for (let gone = 0; gone < ms && !over; gone += 50) {
      clock.pass(50);
      clock.step();
      await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
    }
  };
  return { clock, open, add, leftAt, drained, pass, closedAt: () => closedAt, over: () => over };
}

t.test("a connection that arrives keeps the drain going, but not the port open", async (t) => {
  const { drained, pass, closedAt, over } = given(0);
  let arriving = true;
  const done = drained(DEADLINE_MS, () => arriving);
  await pass(FRESH_MS);
  t.ok(closedAt() >= 0, "a client that connects now is refused, and can go elsewhere at once");
  t.notOk(over());
  arriving = false;
  await pass(100);
  await done;
  t.ok(over());
});

t.test("idle connections are closed only when no peer would send a POST on them", async (t) => {
  const { open, drained, pass, leftAt, closedAt, over } = given(40);
  const done = drained();
  t.ok([...open].every(({ draining }) => draining));
  await pass(FRESH_MS);
  t.equal(open.size, 40);
  t.equal(closedAt(), -1, "new connections are accepted");
  await pass(3 * FRESH_MS);
  await done;
  t.equal(leftAt.length, 40);
  t.ok(Math.min(...leftAt) >= 2 * FRESH_MS);
  t.ok(new Set(leftAt).size >= 15, "the connections are closed at different times");
  t.ok(closedAt() <= Math.min(...leftAt));
  t.ok(over());
});

t.test(
  "a connection that becomes idle late is waited for just as long; without connections there is no wait",
  async (t) => {
    const { open, add, drained, pass, leftAt, clock } = given(0);
    const connection = add(false);
    const done = drained();
    await pass(5_000);
    t.equal(open.size, 1);
    const since = clock.now();
    connection.idle = true;
    await pass(4_000);
    await done;
    t.ok((leftAt[0] ?? 0) - since >= 2 * FRESH_MS);

    const empty = given(0);
    await empty.drained();
    t.equal(empty.closedAt(), 0);
  },
);

t.test("the deadline ends the drain, and a short deadline shortens the waits", async (t) => {
  const { add, drained, pass, closedAt, leftAt } = given(3);
  add(false);
  const done = drained(400);
  await pass(1_000);
  await done;
  t.equal(leftAt.length, 3);
  t.ok(closedAt() >= 200 && closedAt() <= 300);
});

t.test(
  "what is replaced stops accepting at once, and closes its connections no sooner",
  async (t) => {
    const { open, drained, pass, closedAt, leftAt } = given(3);
    const done = drained(DEADLINE_MS, () => false, true);
    t.ok([...open].every(({ draining }) => draining));
    await pass(FRESH_MS);
    t.ok(closedAt() >= 0 && closedAt() <= 50, "new connections go to the other process");
    t.equal(open.size, 3, "a request on its way on an old connection is still answered");
    await pass(3 * FRESH_MS);
    await done;
    t.ok(Math.min(...leftAt) >= 2 * FRESH_MS);
  },
);
