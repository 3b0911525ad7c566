// H6 and H7: hashing by weight, and Maglev's table rebuilt from the text of its paper. With V points per unit of weight,
// the share of a ring that a server of weight w has is Beta distributed, with mean w / Σw; so over many sets of names
// the mean share is exact. Rendezvous hashing gives each key to a server with the probability w / Σw. Maglev and the
// methods with slots give each server its share of the slots, to within a slot or two.
import { murmur3 } from "@tandem/balancer/pickers";
import { mix } from "../sim/stream.ts";
import { estimate } from "../stats/estimate.ts";
import type { Check, Finding } from "./check.ts";
import { shareOf } from "./confidence.ts";
import { agrees, exactly, same } from "./finding.ts";
import { placementOf } from "./h-hashing.ts";

const WEIGHTS = [1, 2, 3, 4];
const TOTAL = 10;

/** Servers with the weights 1 to 4, named after the set, so that every set has other hashes. */
const servers = (set: number) => WEIGHTS.map((weight, i) => ({ name: `set ${set} s${i}`, weight }));

/** Returns the share of the circle that each server of a ring owns, by the lengths of the arcs. */
function arcs(set: number, pointsPerWeight: number): number[] {
  const placement = placementOf("ring", { pointsPerWeight });
  placement.update(servers(set));
  const { owners, points } = placement.inspect?.() ?? {};
  const shares = WEIGHTS.map(() => 0);
  if (owners === undefined || points === undefined) return shares;
  for (const [i, owner] of owners.entries()) {
    // A point owns the keys from the point before it; the first point also the keys after the last one.
    const before = i === 0 ? (points.at(-1) ?? 0) - 2 ** 32 : (points[i - 1] ?? 0);
    shares[owner] = (shares[owner] ?? 0) + ((points[i] ?? 0) - before) / 2 ** 32;
  }
  return shares;
}

function ringFindings(sets: number): Finding[] {
  const points = 20;
  const found = Array.from({ length: sets }, (_, set) => arcs(set, points));
  return WEIGHTS.flatMap((weight, i) => {
    const expected = weight / TOTAL;
    const shares = found.map((one) => one[i] ?? Number.NaN);
    const variance = (expected * (1 - expected)) / (points * TOTAL + 1);
    const name = `ring, ${points} points per weight, weight ${weight} of ${TOTAL}`;
    return [
      agrees(`${name}: share`, estimate(shares), expected),
      agrees(
        `${name}: variance of the share`,
        estimate(shares.map((share) => (share - expected) ** 2)),
        variance,
        { method: "Beta distribution of the arcs" },
      ),
    ];
  });
}

function keyFindings(method: "rendezvous" | "jump" | "modulo", keys: number): Finding[] {
  const placement = placementOf(method);
  placement.update(servers(0));
  const counts = WEIGHTS.map(() => 0);
  for (let key = 1; key <= keys; key++) {
    const server = placement.at(mix(key) >>> 0);
    counts[server] = (counts[server] ?? 0) + 1;
  }
  return WEIGHTS.map((weight, i) => {
    const expected = weight / TOTAL;
    return agrees(
      `${method}, weight ${weight} of ${TOTAL}: share of keys`,
      shareOf(counts[i] ?? 0, keys, expected),
      expected,
    );
  });
}

function maglevFindings(): Finding[] {
  const size = 65_537;
  const placement = placementOf("maglev", { tableSize: size });
  placement.update(servers(0));
  const counts = WEIGHTS.map(() => 0);
  for (const owner of placement.inspect?.().owners ?? []) counts[owner] = (counts[owner] ?? 0) + 1;
  return WEIGHTS.map((weight, i) =>
    exactly(
      `maglev, weight ${weight} of ${TOTAL}: slots of ${size}`,
      counts[i] ?? 0,
      (size * weight) / TOTAL,
      2,
    ),
  );
}

export const sharesByWeight: Check = {
  id: "H6",
  title: "Hashing by weight: ring, rendezvous, jump, modulo, Maglev",
  source: "arcs of uniform points; Schindelhauer & Schomaker 2005; Envoy's maglev_lb.cc",
  fast: true,
  run: (full) => [
    ...ringFindings(full ? 20_000 : 2_000),
    ...(["rendezvous", "jump", "modulo"] as const).flatMap((method) =>
      keyFindings(method, full ? 4_000_000 : 400_000),
    ),
    ...maglevFindings(),
  ],
};

/**
 * The paper's pseudo-code 1, as it stands there: every backend has a permutation of all slots, made from two different
 * hashes of its name, and the backends take turns.
 */
function populated(names: readonly string[], size: number): number[] {
  const permutation = names.map((name) => {
    const offset = murmur3(name, 0) % size;
    const skip = (murmur3(name, 1) % (size - 1)) + 1;
    return Array.from({ length: size }, (_, j) => (offset + j * skip) % size);
  });
  const next = names.map(() => 0);
  const entry = new Array<number>(size).fill(-1);
  for (let filled = 0; ; )
    for (const i of names.keys()) {
      let slot = permutation[i]?.[next[i] ?? 0] ?? 0;
      while ((entry[slot] ?? -1) >= 0) {
        next[i] = (next[i] ?? 0) + 1;
        slot = permutation[i]?.[next[i] ?? 0] ?? 0;
      }
      entry[slot] = i;
      next[i] = (next[i] ?? 0) + 1;
      filled += 1;
      if (filled === size) return entry;
    }
}

export const maglevFromPaper: Check = {
  id: "H7",
  title: "Maglev's table, slot by slot: offset and skip from two hashes",
  source: "Eisenbud et al., Maglev (NSDI'16), §3.4, pseudo-code 1",
  fast: true,
  run: () =>
    [
      [3, 251],
      [20, 1021],
      [50, 5003],
    ].map(([count = 0, size = 0]) => {
      const names = Array.from({ length: count }, (_, i) => `s${String(i).padStart(4, "0")}`);
      const placement = placementOf("maglev", { tableSize: size });
      placement.update(names.map((name) => ({ name, weight: 1 })));
      const expected = populated(names, size);
      const found = placement.inspect?.().owners ?? [];
      const different = expected.filter((owner, slot) => owner !== found[slot]).length;
      return same(`${count} servers, ${size} slots: slots that differ`, different, 0);
    }),
};
