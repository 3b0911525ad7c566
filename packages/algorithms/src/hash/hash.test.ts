// Tests hashing: published test vectors, which keys move when servers change, how even the shares
// are, and bounded loads.
import fc from "fast-check";
import t from "tap";
import { ALGORITHMS } from "../algorithms.ts";
import { type Fake, fakes, world } from "../contract/index.ts";
import { openPicker } from "../open-picker.ts";
import { boundedCap, haproxyCaps } from "./bounded-load.ts";
import { Detour } from "./detour.ts";
import { jump } from "./jump.ts";
import { Maglev, maglevTable } from "./maglev.ts";
import { mix32, murmur3 } from "./murmur3.ts";
import { HASH_METHODS, type HashMethod } from "./options.ts";
import type { PlacedServer } from "./placement.ts";
import { PLACEMENTS } from "./placements.ts";

const KEYS = Array.from({ length: 20_000 }, (_, i) => mix32(i));

const named = (count: number, weight = 1): PlacedServer[] =>
  Array.from({ length: count }, (_, i) => ({ name: `s${String(i).padStart(3, "0")}`, weight }));

/** Returns the name of each key's server. */
function placed(method: HashMethod, servers: readonly PlacedServer[], tuning = {}): string[] {
  const placement = PLACEMENTS[method]({ ...ALGORITHMS.source.defaults, ...tuning, method });
  placement.update(servers);
  return KEYS.map((key) => servers[placement.at(key)]?.name ?? "nobody");
}

const moves = (before: readonly string[], after: readonly string[]) =>
  before.filter((name, index) => name !== after[index]).length;

t.test("MurmurHash3_x86_32: published vectors", async (t) => {
  const vectors: [string, number, number][] = [
    ["", 0, 0],
    ["", 1, 0x514e28b7],
    ["", 0xffffffff, 0x81f16f39],
    ["\0\0\0\0", 0, 0x2362f9de],
    ["a", 0x9747b28c, 0x7fa09ea6],
    ["aa", 0x9747b28c, 0x5d211726],
    ["aaa", 0x9747b28c, 0x283e0130],
    ["aaaa", 0x9747b28c, 0x5a97808a],
    ["abc", 0, 0xb3dd93fa],
    ["Hello, world!", 0x9747b28c, 0x24884cba],
    ["ππππππππ", 0x9747b28c, 0xd58063c1],
    ["The quick brown fox jumps over the lazy dog", 0x9747b28c, 0x2fa826cd],
  ];
  for (const [text, seed, hash] of vectors)
    t.equal(murmur3(text, seed), hash, JSON.stringify(text));
});

t.test("MurmurHash3 hashes the UTF-8 bytes of any text", async () => {
  /**
   * Computes the hash like the reference implementation: on the text's UTF-8 bytes, in blocks of
   * four.
   */
  const reference = (text: string): number => {
    const bytes = Buffer.from(text, "utf8");
    let hash = 0;
    const scramble = (k: number) => {
      const k1 = Math.imul(k, 0xcc9e2d51);
      return Math.imul((k1 << 15) | (k1 >>> 17), 0x1b873593);
    };
    const whole = bytes.length - (bytes.length % 4);
    for (let i = 0; i < whole; i += 4) {
      hash ^= scramble(bytes.readInt32LE(i));
      hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
    }
    let tail = 0;
    for (let i = bytes.length - 1; i >= whole; i--) tail = (tail << 8) | (bytes[i] ?? 0);
    if (bytes.length > whole) hash ^= scramble(tail);
    return mix32(hash ^ bytes.length);
  };
  fc.assert(fc.property(fc.string({ unit: "binary" }), (s) => murmur3(s) === reference(s)));
});

t.test("Maglev: table 1 of the paper", async (t) => {
  const b = [
    { offset: 3, skip: 4, weight: 1 },
    { offset: 0, skip: 2, weight: 1 },
    { offset: 3, skip: 1, weight: 1 },
  ];
  t.same([...maglevTable(b, 7)], [1, 0, 1, 0, 2, 2, 0]);
  const [b0, , b2] = b;
  const without = [
    ...maglevTable(
      [b0, b2].flatMap((one) => one ?? []),
      7,
    ),
  ];
  t.same(
    without.map((index) => (index === 0 ? 0 : 2)),
    [0, 0, 0, 0, 2, 2, 2],
  );
  t.throws(() => new Maglev(65_536), /not a prime/);
});

t.test("Maglev: slots are even to within one, by weight to within two turns", async (t) => {
  for (const count of [1, 2, 3, 7, 100]) {
    const slots = new Array<number>(count).fill(0);
    const permutations = named(count).map(({ name, weight }) => ({
      offset: murmur3(name) % 65_537,
      skip: (murmur3(name, 1) % 65_536) + 1,
      weight,
    }));
    for (const index of maglevTable(permutations, 65_537)) slots[index] = (slots[index] ?? 0) + 1;
    t.ok(Math.max(...slots) - Math.min(...slots) <= 1, `${count} servers`);
  }
  const weighted = [1, 2, 5].map((weight, i) => ({ offset: i, skip: i + 1, weight }));
  const found = [0, 0, 0];
  for (const index of maglevTable(weighted, 65_537)) found[index] = (found[index] ?? 0) + 1;
  for (const [index, weight] of [1, 2, 5].entries())
    t.ok(Math.abs((found[index] ?? 0) - (65_537 * weight) / 8) <= 2, `${found[index]}`);
});

t.test(
  "jump: published vectors; a bucket that is added takes keys, and no other bucket gains any",
  async (t) => {
    const vectors: [number, number, number][] = [
      [1, 1, 0],
      [42, 57, 43],
      [0xdead10cc, 1, 0],
      [0xdead10cc, 666, 361],
      [256, 1024, 520],
    ];
    for (const [key, buckets, bucket] of vectors) t.equal(jump(key, 0, buckets), bucket, `${key}`);
    fc.assert(
      fc.property(
        fc.nat(0xffff_ffff),
        fc.nat(0xffff_ffff),
        fc.integer({ min: 1, max: 500 }),
        (low, high, n) => {
          const [now, then] = [jump(low, high, n), jump(low, high, n + 1)];
          return now < n && (then === now || then === n);
        },
      ),
    );
  },
);

t.test("ring, rendezvous and jump move only the keys they must", async (t) => {
  for (const method of ["ring", "rendezvous", "jump"] as const) {
    const ten = named(10);
    const before = placed(method, ten);
    const nine = placed(method, ten.slice(0, 9));
    const last = before.filter((name) => name === "s009").length;
    t.equal(moves(before, nine), last, `${method}: its own keys, ${last}`);
    if (method === "jump") continue;
    const middle = placed(
      method,
      ten.filter((_, i) => i !== 4),
    );
    t.equal(moves(before, middle), before.filter((name) => name === "s004").length, method);
  }
});

t.test(
  "rendezvous: a server whose weight grows takes keys, and no other server gains any",
  async (t) => {
    const even = named(5);
    const heavier = even.map((one, i) => (i === 2 ? { ...one, weight: 2 } : one));
    const [before, after] = [placed("rendezvous", even), placed("rendezvous", heavier)];
    const moved = after.filter((name, i) => name !== before[i]);
    t.ok(moved.length > 0 && moved.every((name) => name === "s002"), `${moved.length} moved`);
  },
);

t.test("a ring of very many servers says that each has fewer points than configured", async (t) => {
  const { picker } = world((environment) =>
    openPicker<Fake, "source">("source", environment, { method: "ring" }),
  );
  const noteOf = (count: number, weight: number) => {
    picker.update(fakes(new Array<number>(count).fill(weight)));
    return picker.note?.();
  };
  t.equal(noteOf(1_638, 1), undefined);
  t.match(noteOf(2_000, 1), /has 131 points per unit of weight instead of 160 .* at most 262,144/);
  t.match(noteOf(20, 256), "51.2 points");
  t.equal(noteOf(20, 1), undefined, "gone with the servers");
  t.equal(PLACEMENTS.maglev(ALGORITHMS.source.defaults).note?.(), undefined);
});

t.test("Maglev moves few keys more than necessary, modulo moves nearly all", async (t) => {
  const ten = named(10);
  const before = placed("maglev", ten);
  const after = placed("maglev", ten.slice(0, 9));
  const must = before.filter((name) => name === "s009").length;
  const extra = (moves(before, after) - must) / KEYS.length;
  t.ok(extra >= 0 && extra < 0.06, `${(extra * 100).toFixed(2)} % more than necessary`);
  const [from, to] = [placed("modulo", ten), placed("modulo", named(11))];
  // A key stays on its server when its remainders by 10 and by 11 are equal, as for 10 of 110
  // numbers. So 10 of 11 keys move. The standard deviation of this share is σ = √(.0909 · .909 /
  // 20000) = .002; 5 σ = .01.
  t.ok(Math.abs(moves(from, to) / KEYS.length - 10 / 11) < 0.01, "10 of 11 move");
});

t.test(
  "spread of the keys: the ring's follows from its points, the others' from chance alone",
  async (t) => {
    const deviation = (method: HashMethod, tuning = {}) => {
      const found = new Map<string, number>();
      for (const name of placed(method, named(20), tuning))
        found.set(name, (found.get(name) ?? 0) + 1);
      const mean = KEYS.length / 20;
      const squares = [...found.values()].map((count) => (count / mean - 1) ** 2);
      return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 20);
    };
    // When 20000 keys are placed at random, each of 20 servers has 1000 keys, with a relative
    // standard deviation of 1/√1000 = 3.2 %. The deviation measured on 20 servers has itself a
    // relative standard deviation σ of 1/√40 = 16 %, so 3 σ above it are 4.7 %.
    for (const method of ["maglev", "rendezvous", "jump", "modulo"] as const)
      t.ok(deviation(method) < 0.047, `${method}: ${deviation(method).toFixed(4)}`);
    for (const pointsPerWeight of [16, 160]) {
      // The relative standard deviation of a ring with V points per server is 1/√V. The random keys
      // add a variance of .001. The deviation measured on 20 servers may differ by half from the
      // expected one.
      const expected = Math.sqrt(1 / pointsPerWeight + 0.001);
      const found = deviation("ring", { pointsPerWeight });
      t.ok(found > expected * 0.5 && found < expected * 1.5, `ring: ${found}, about ${expected}`);
    }
  },
);

t.test("the order of the servers changes no key's place", async (t) => {
  for (const method of HASH_METHODS) {
    const owners = [1, -1].map((order) => {
      const list = fakes([1, 2, 1, 3, 1]);
      const { picker } = world((environment) =>
        openPicker<Fake, "source">("source", environment, { method }),
      );
      picker.update(order === 1 ? list : list.toReversed());
      return KEYS.slice(0, 500).map((key) => {
        const first = picker.pick({ key, tried: [] });
        const tried = first === undefined ? [] : [first];
        return `${first?.name} ${picker.pick({ key, tried })?.name}`;
      });
    });
    t.same(owners[0], owners[1], method);
  }
});

t.test("no key: round robin, and it says so", async (t) => {
  const { picker } = world((environment) => openPicker<Fake, "cookie">("cookie", environment));
  picker.update(fakes([1, 1, 1]));
  const names = [0, 1, 2, 3].map(() => picker.pick({ key: undefined, tried: [] })?.name);
  t.same(names, ["s0", "s1", "s2", "s0"]);
  t.equal(picker.why, "fallback");
});

t.test("bounded load: caps", async (t) => {
  t.same(haproxyCaps(150, 9, [1, 1, 1, 1]), [3, 4, 4, 4]);
  t.same(haproxyCaps(125, 0, [1, 1, 1, 1]), [1, 1, 1, 1], "never none");
  t.equal(boundedCap(1.5, 9, 1, 4), 4, "⌈1.5 · 10 / 4⌉");
  t.throws(() =>
    world((environment) => openPicker<Fake, "uri">("uri", environment, { balanceFactor: 0.5 })),
  );
});

t.test("bounded load: never above the cap, whatever the keys", async (t) => {
  const method = fc.constantFrom(...HASH_METHODS);
  const weights = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 });
  const keys = fc.array(fc.nat(3), { minLength: 1, maxLength: 80, size: "max" });
  fc.assert(
    fc.property(
      method,
      weights,
      keys,
      fc.constantFrom(1, 1.25, 2),
      (method, weights, keys, factor) => {
        const tuning = { method, balanceFactor: factor, tableSize: 251 };
        const { picker } = world((environment) =>
          openPicker<Fake, "uri">("uri", environment, tuning),
        );
        const list = fakes(weights);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        picker.update(list);
        return keys.every((key, before) => {
          const server = picker.pick({ key: mix32(key), tried: [] });
          if (server === undefined) return false;
          server.inFlight += 1;
          return server.inFlight <= boundedCap(factor, before, server.weight, total);
        });
      },
    ),
    { numRuns: 200 },
  );
  const { picker } = world((environment) =>
    openPicker<Fake, "uri">("uri", environment, { balanceFactor: 1.25 }),
  );
  const list = fakes([1, 1, 1, 1]);
  picker.update(list);
  const own = picker.pick({ key: 7, tried: [] });
  t.equal(picker.why, "first-choice");
  for (const one of list) one.inFlight = one === own ? 3 : 1;
  t.not(picker.pick({ key: 7, tried: [] }), own);
  t.equal(picker.why, "overflow");
});

t.test(
  "a detour visits every server once, evenly, and in the same order for the same key",
  async (t) => {
    const detour = new Detour();
    detour.resize(5);
    const walk = (key: number) => {
      detour.begin(key);
      return Array.from({ length: 6 }, () => detour.next()).join("");
    };
    const firsts = new Map<string, number>();
    for (const key of KEYS.slice(0, 5_000)) {
      const order = walk(key);
      if ([...order.slice(0, 5)].sort().join("") !== "01234") t.fail(order);
      firsts.set(order.charAt(0), (firsts.get(order.charAt(0)) ?? 0) + 1);
    }
    t.equal(walk(9), walk(9));
    t.match(walk(9), /-1$/);
    // How often a server comes first is Binomial(5000, 1/5): σ = 28; 4 σ = 113.
    for (const [first, count] of firsts) t.ok(Math.abs(count - 1000) < 113, `${first}: ${count}`);
  },
);
