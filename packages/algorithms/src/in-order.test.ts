// Tests the algorithms that take servers in an order of their own: first, static-rr, round-robin and hashing.
import t from "tap";
import type { AlgorithmName } from "./algorithms.ts";
import { type Fake, fake, fakes, world } from "./contract/index.ts";
import { type AlgorithmParameters, openPicker } from "./open-picker.ts";

const NOTHING = { tried: [], key: undefined };

const opened = <Name extends AlgorithmName>(
  name: Name,
  tuning: Partial<AlgorithmParameters[Name]> = {},
) => world((environment) => openPicker<Fake, Name>(name, environment, tuning)).picker;

t.test("first: the first server with room", async (t) => {
  const picker = opened("first");
  const servers = [fake("a", 1, 1), fake("b", 1, 1), fake("c", 1, 1)];
  picker.update(servers);
  for (const server of servers) {
    t.equal(picker.pick(NOTHING), server);
    server.inFlight++;
  }
  t.equal(picker.pick(NOTHING), undefined);
});

t.test("static-rr: a weight changed at run time has no effect, a new server's has", async (t) => {
  const picker = opened("static-rr");
  const [a, b] = fakes([1, 1]);
  if (a === undefined || b === undefined) return;
  const picksOf = (count: number) => {
    const picks = Array.from({ length: count }, () => picker.pick(NOTHING)?.name);
    return [a, b].map(({ name }) => picks.filter((pick) => pick === name).length);
  };
  picker.update([a, b]);
  a.weight = 3;
  picker.update([a, b]);
  t.same(picksOf(8), [4, 4]);
  picker.update([b]);
  picker.update([a, b]);
  t.same(picksOf(8), [6, 2], "it left and came back");
});

t.test("round-robin: while the heavy server is full, the others share its turns", async (t) => {
  const picker = opened("round-robin");
  const servers = [fake("heavy", 10_000, 1), ...fakes([1, 1, 1])];
  const [heavy] = servers;
  if (heavy !== undefined) heavy.inFlight = 1;
  picker.update(servers);
  const picks = Array.from({ length: 60 }, () => picker.pick(NOTHING)?.name);
  t.equal(new Set(picks).size, 3);
  t.notOk(picks.includes("heavy"));
});

t.test("round-robin: a ratio that rounding would distort is kept", async (t) => {
  const picker = opened("round-robin");
  picker.update(fakes([1000.5, 0.5]));
  let light = 0;
  for (let i = 0; i < 20_010; i++) if (picker.pick(NOTHING)?.name === "s1") light++;
  t.ok(light >= 9 && light <= 11, `${light} of 20010 is about one of 2002`);
});

t.test("hashing: a request does not wait for the server that failed it", async (t) => {
  const picker = opened("source");
  const servers = fakes([1, 1, 1]);
  picker.update(servers);
  const own = picker.preferred?.({ tried: [], key: 12_345 });
  t.ok(own);
  if (own !== undefined) t.equal(picker.preferred?.({ tried: [own], key: 12_345 }), undefined);
});
