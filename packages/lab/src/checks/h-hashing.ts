// H1, H2 and H4: Maglev's table is that of its paper, with even shares; jump hashing gives the published buckets.
import { ALGORITHMS, jump, maglevTable, murmur3, PLACEMENTS } from "@tandem/balancer/pickers";
import type { Check } from "./check.ts";
import { shareOf } from "./confidence.ts";
import { agrees, same, within } from "./finding.ts";

export const maglevPaper: Check = {
  id: "H1",
  title: "Maglev's table for the paper's three backends",
  source: "Eisenbud et al., Maglev (NSDI'16), table 1",
  fast: true,
  run: () => {
    const backends = [
      { offset: 3, skip: 4, weight: 1 },
      { offset: 0, skip: 2, weight: 1 },
      { offset: 3, skip: 1, weight: 1 },
    ];
    const [first, , third] = backends;
    const named = (table: Int32Array, names: readonly string[]) =>
      [...table].map((backend) => names[backend] ?? "?");
    const without = [first, third].flatMap((backend) => backend ?? []);
    return [
      same(
        "all three",
        named(maglevTable(backends, 7), ["B0", "B1", "B2"]),
        "B1 B0 B1 B0 B2 B2 B0",
      ),
      same("without B1", named(maglevTable(without, 7), ["B0", "B2"]), "B0 B0 B0 B0 B2 B2 B2"),
    ];
  },
};

export const maglevEven: Check = {
  id: "H2",
  title: "Maglev: slots per server differ by at most one",
  source: "Eisenbud et al., Maglev (NSDI'16), §3.4",
  fast: true,
  run: () =>
    [3, 10, 100, 1000].map((count) => {
      const size = 65_537;
      const permutations = Array.from({ length: count }, (_, i) => ({
        offset: murmur3(`server ${i}`, 0) % size,
        skip: (murmur3(`server ${i}`, 1) % (size - 1)) + 1,
        weight: 1,
      }));
      const slots = new Int32Array(count);
      for (const owner of maglevTable(permutations, size)) (slots[owner] as number)++;
      return within(
        `${count} servers: most less least`,
        Math.max(...slots) - Math.min(...slots),
        0,
        1,
      );
    }),
};

const VECTORS: readonly (readonly [key: number, buckets: number, bucket: number])[] = [
  [1, 1, 0],
  [42, 57, 43],
  [0xdead10cc, 1, 0],
  [0xdead10cc, 666, 361],
  [256, 1024, 520],
];

export const jumpVectors: Check = {
  id: "H4",
  title: "Jump hash: vectors; growing by one moves keys only to the new bucket",
  source: "Lamping & Veach 2014; vectors of Guava and its ports",
  fast: true,
  run: () => {
    const vectors = VECTORS.map(([key, buckets, bucket]) =>
      same(`jump(0x${key.toString(16)}, ${buckets})`, jump(key, 0, buckets), bucket),
    );
    let elsewhere = 0;
    let moved = 0;
    const keys = 100_000;
    for (let key = 0; key < keys; key++) {
      const before = jump(murmur3(`${key}`), 0, 20);
      const after = jump(murmur3(`${key}`), 0, 21);
      if (after === before) continue;
      moved++;
      if (after !== 20) elsewhere++;
    }
    const share = 1 / 21;
    return [
      ...vectors,
      same("20 → 21 buckets: keys moved elsewhere than to the new one", elsewhere, 0),
      agrees("20 → 21 buckets: share moved", shareOf(moved, keys, share), share),
    ];
  },
};

/**
 * Makes the placement of a hashing method: the object that assigns keys to servers. The method has the balancer's
 * default parameters, except for `changes`.
 */
export function placementOf(method: keyof typeof PLACEMENTS, changes: object = {}) {
  return PLACEMENTS[method]({ ...ALGORITHMS.source.defaults, ...changes });
}
