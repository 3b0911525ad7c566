// Vectors and properties of the algorithms, on plain objects.
import fc from "fast-check";
import t from "tap";
import type { PickServer } from "./picker.ts";
import { type Algorithm, PICKERS } from "./pickers.ts";
import { smoothSequence } from "./rotation/smooth-sequence.ts";

interface Fake extends PickServer {
  weight: number;
  inFlight: number;
  usable: boolean;
}

const servers = (weights: readonly number[]): Fake[] =>
  weights.map((weight, index) => ({
    name: "abcdefghijklmnop"[index] ?? "?",
    weight,
    inFlight: 0,
    maxConnections: 0,
    usable: true,
  }));

/** A generator of the family of Park and Miller: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed % 2147483647 || 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function open(algorithm: Algorithm, list: readonly Fake[], seed = 1) {
  let tickets = 0;
  const picker = PICKERS[algorithm]<Fake>({
    rng: seeded(seed),
    now: () => 0,
    ticket: () => tickets++,
  });
  picker.update(list);
  return picker;
}

const NOTHING_TRIED = { tried: [], key: undefined };
const ALGORITHMS = Object.keys(PICKERS) as Algorithm[];

t.test("round robin: nginx's smooth sequence for {5,1,1}, without a long run of a", async (t) => {
  const picker = open("round-robin", servers([5, 1, 1]));
  const order = Array.from({ length: 14 }, () => picker.pick(NOTHING_TRIED)?.name).join("");
  t.equal(order, "aabacaaaabacaa");
});

t.test("the smooth sequence has each server exactly as often as its weight says", async () => {
  const weight = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(fc.array(weight, { minLength: 1, maxLength: 8 }), (weights) => {
      const sequence = smoothSequence(weights);
      const total = weights.reduce((sum, w) => sum + w, 0);
      return weights.every(
        (w, index) => sequence.filter((i) => i === index).length * total === w * sequence.length,
      );
    }),
  );
});

t.test("round robin over threads that share the tickets is exact over all of them", async (t) => {
  const list = servers([3, 1]);
  let tickets = 0;
  const threads = [0, 1, 2].map(() => {
    const picker = PICKERS["round-robin"]<Fake>({
      rng: seeded(1),
      now: () => 0,
      ticket: () => tickets++,
    });
    picker.update(list);
    return picker;
  });
  const rng = seeded(7);
  const counts: Record<string, number> = {};
  for (let i = 0; i < 400; i++) {
    const name = threads[Math.floor(rng() * 3)]?.pick(NOTHING_TRIED)?.name ?? "";
    counts[name] = (counts[name] ?? 0) + 1;
  }
  t.same(counts, { a: 300, b: 100 });
});

t.test("least conn: fewest per weight; a tie is broken evenly", async (t) => {
  const list = servers([1, 4]);
  const picker = open("least-conn", list);
  Object.assign(list[0] ?? {}, { inFlight: 1 });
  Object.assign(list[1] ?? {}, { inFlight: 3 });
  t.equal(picker.pick(NOTHING_TRIED)?.name, "b", "3/4 is less than 1/1");
  Object.assign(list[1] ?? {}, { inFlight: 5 });
  t.equal(picker.pick(NOTHING_TRIED)?.name, "a", "5/4 is more than 1/1");
  const even = servers([1, 1, 1, 1]);
  const fair = open("least-conn", even);
  const counts = new Map<string, number>();
  for (let i = 0; i < 4000; i++) {
    const name = fair.pick(NOTHING_TRIED)?.name ?? "";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  // Each share is Binomial(4000, 1/4): σ = 27.4; 5 σ = 137.
  for (const [name, count] of counts) t.ok(Math.abs(count - 1000) < 137, `${name}: ${count}`);
});

for (const algorithm of ALGORITHMS) {
  t.test(`${algorithm}: what every algorithm owes`, async (t) => {
    const state = fc.record({
      weight: fc.integer({ min: 1, max: 16 }),
      inFlight: fc.nat(20),
      usable: fc.boolean(),
      tried: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(state, { maxLength: 10 }), fc.integer(), (states, seed) => {
        const list = servers(states.map(({ weight }) => weight));
        for (const [index, { inFlight, usable }] of states.entries()) {
          Object.assign(list[index] ?? {}, { inFlight, usable });
        }
        const tried = list.filter((_, index) => states[index]?.tried);
        const candidates = list.filter((server) => server.usable && !tried.includes(server));
        const picked = open(algorithm, list, seed).pick({ tried, key: undefined });
        return candidates.length === 0 ? picked === undefined : candidates.includes(picked as Fake);
      }),
    );
    t.equal(open(algorithm, []).pick(NOTHING_TRIED), undefined, "no servers");
    t.pass("picks an untried usable server whenever there is one, and only then");
  });
}
