import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { Turns } from "./turns.ts";

/** Makes a `Turns` for each of `count` threads, on one shared memory, and a list of the threads that were woken. */
function threads(count: number) {
  const memory = Turns.allocate(count);
  const woken: number[] = [];
  const all = Array.from({ length: count }, (_, n) => new Turns(memory, n, () => woken.push(n)));
  return { memory, woken, all: all as [Turns, Turns, Turns] };
}

t.test("the request that has waited longest is first, whichever thread has room", async (t) => {
  const { woken, all } = threads(3);
  const [a, b, c] = all;
  const [first, second, third] = [a.ticket(), b.ticket(), c.ticket()];
  t.notOk(a.yield(0, 0), "no request waits yet");
  b.show(second);
  c.show(third);
  t.ok(a.othersBefore(0), "a new request would overtake the waiting ones");
  t.notOk(a.othersBefore(first), "a request with an older ticket would not");
  t.ok(a.yield(0, 0));
  while (woken.length < 1) await sleep(1);
  t.same(woken, [1], "only the thread of the oldest request is woken");
  t.notOk(b.yield(second, 0), "the oldest request does not leave the room to a younger one");
  t.ok(c.yield(third, 0), "the thread of the younger request leaves the room to it");
  while (woken.length < 2) await sleep(1);
  t.same(woken, [1, 1], "its thread is woken again, because it still waits");
  b.show(0);
  t.notOk(c.yield(third, 0));
});

t.test("the order stays right when ticket numbers overflow", async (t) => {
  const { memory, all } = threads(2);
  const [a, b] = all;
  new Int32Array(memory)[0] = 2 ** 31 - 2;
  const [last, over] = [a.ticket(), b.ticket()];
  t.ok(over < last);
  a.show(last);
  t.ok(b.othersBefore(over), "the lower number is the younger ticket");
  new Int32Array(memory)[0] = -1;
  t.equal(a.ticket(), 1, "0 is never given as a ticket");
});

t.test("no thread waits for the requests of a thread that has ended", async (t) => {
  const { memory, woken, all } = threads(2);
  const [a, b] = all;
  a.show(a.ticket());
  new Turns(memory, 0, () => undefined); // the replacement of thread 0
  t.notOk(b.othersBefore(0));
  a.show(a.ticket());
  a.close();
  t.notOk(b.yield(0, 0));
  b.show(b.ticket());
  b.close();
  t.notOk(a.yield(0, 0));
  await sleep(20);
  t.same(woken, []);
});

t.test("a thread that does not use the room in time is not waited for any longer", async (t) => {
  const [a, b] = threads(2).all;
  const [first, second] = [b.ticket(), b.ticket()];
  b.show(first);
  t.ok(a.yield(0, 1_000));
  t.ok(a.yield(0, 1_500));
  t.notOk(a.yield(0, 1_501));
  t.notOk(a.yield(0, 9_000));
  b.show(second);
  t.ok(a.yield(0, 9_001), "for the next request the time starts again");
});

t.test("a single thread never waits for another one", async (t) => {
  const [only] = threads(1).all;
  only.show(only.ticket());
  t.notOk(only.othersBefore(0));
});
