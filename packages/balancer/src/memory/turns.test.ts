import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { Turns } from "./turns.ts";

/** The turns of so many threads that share memory, and which of them were woken. */
function threads(count: number) {
  const memory = Turns.allocate(count);
  const woken: number[] = [];
  const all = Array.from({ length: count }, (_, n) => new Turns(memory, n, () => woken.push(n)));
  return { memory, woken, all: all as [Turns, Turns, Turns] };
}

t.test("who has waited for longest is first, whichever thread has room", async (t) => {
  const { woken, all } = threads(3);
  const [a, b, c] = all;
  const [first, second, third] = [a.ticket(), b.ticket(), c.ticket()];
  t.notOk(a.yield(0, 0), "nobody waits yet");
  b.show(second);
  c.show(third);
  t.ok(a.othersBefore(0), "one that comes now would overtake them");
  t.notOk(a.othersBefore(first), "one that was here before them would not");
  t.ok(a.yield(0, 0));
  while (woken.length < 1) await sleep(1);
  t.same(woken, [1], "the oldest is woken, and nobody else");
  t.notOk(b.yield(second, 0), "it keeps its turn");
  t.ok(c.yield(third, 0), "the younger gives it its own");
  while (woken.length < 2) await sleep(1);
  t.same(woken, [1, 1], "again, since it waits on");
  b.show(0);
  t.notOk(c.yield(third, 0));
});

t.test("tickets run over", async (t) => {
  const { memory, all } = threads(2);
  const [a, b] = all;
  new Int32Array(memory)[0] = 2 ** 31 - 2;
  const [last, over] = [a.ticket(), b.ticket()];
  t.ok(over < last);
  a.show(last);
  t.ok(b.othersBefore(over), "the lower number is the later ticket");
  new Int32Array(memory)[0] = -1;
  t.equal(a.ticket(), 1, "0 is nobody's");
});

t.test("what a thread leaves behind binds nobody", async (t) => {
  const { memory, woken, all } = threads(2);
  const [a, b] = all;
  a.show(a.ticket());
  new Turns(memory, 0, () => undefined); // another one in its place
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

t.test("who does not take the room is waited for no longer", async (t) => {
  const [a, b] = threads(2).all;
  const [first, second] = [b.ticket(), b.ticket()];
  b.show(first);
  t.ok(a.yield(0, 1_000));
  t.ok(a.yield(0, 1_500));
  t.notOk(a.yield(0, 1_501));
  t.notOk(a.yield(0, 9_000));
  b.show(second);
  t.ok(a.yield(0, 9_001), "the next one has all the time again");
});

t.test("a thread by itself asks nobody", async (t) => {
  const [only] = threads(1).all;
  only.show(only.ticket());
  t.notOk(only.othersBefore(0));
});
