// H3: how many keys each hashing method moves when the servers change. Ring and rendezvous hashing
// move only the keys that have to move. Jump hashing does the same when the last server of the list
// is added or removed. Maglev moves a few more keys than it has to: as many as a table filled from
// perfectly random permutations. Modulo moves nearly all keys. H3 also checks how evenly a ring distributes the keys.
import { disruption } from "../stats/disruption.ts";
import { estimate } from "../stats/estimate.ts";
import type { Check, Finding } from "./check.ts";
import { intervalOf, shareOf } from "./confidence.ts";
import { extraMoves, movedWithoutNeed } from "./exact/random-tables.ts";
import { agrees, same } from "./finding.ts";
import { placementOf } from "./h-hashing.ts";

const SERVERS = 20;

/**
 * Makes servers with names whose sorted order is their numeric order, so that jump hashing puts the
 * last server into the last bucket.
 */
const named = (count: number, prefix = "s") =>
  Array.from({ length: count }, (_, i) => ({
    name: `${prefix}${String(i).padStart(4, "0")}`,
    weight: 1,
  }));

export const disruptionOfChange: Check = {
  id: "H3",
  title: "Keys moved on removing one server and on adding one; evenness",
  source:
    "Karger et al. 1997; Thaler & Ravishankar 1998; Eisenbud et al. 2016; Lamping & Veach 2014",
  fast: true,
  run: (full) => {
    const keys = full ? 200_000 : 40_000;
    const all = named(SERVERS);
    const fewer = all.slice(0, -1);
    const middle = all.filter((_, i) => i !== 7);
    const of = (method: Parameters<typeof placementOf>[0]) => ({
      removed: disruption(placementOf(method), all, method === "jump" ? fewer : middle, keys),
      added: disruption(placementOf(method), fewer, all, keys),
    });
    const findings: Finding[] = [];
    for (const method of ["ring", "rendezvous", "jump"] as const) {
      const { removed, added } = of(method);
      findings.push(same(`${method}: extra keys moved, one removed`, removed.extra, 0));
      findings.push(same(`${method}: extra keys moved, one added`, added.extra, 0));
    }
    const modulo = of("modulo");
    // With modulo a key stays only when its hash has the same remainder for the old and the new
    // number of servers. One key in n stays, where n is the larger of the two numbers.
    const moved = modulo.added.necessary + modulo.added.extra;
    const moves = 1 - 1 / SERVERS;
    return [
      ...findings,
      maglevMoves(full ? 40 : 8),
      agrees("modulo: all keys moved, one added", shareOf(moved * keys, keys, moves), moves),
      ...[40, 160].map((points) => spread(points, keys, full ? 100 : 20)),
    ];
  },
};

/** Counts the slots that Maglev moves without need, for as many sets of names as there are tables to compare with. */
function maglevMoves(sets: number): Finding {
  const size = 65_537;
  const found = Array.from({ length: sets }, (_, set) => {
    const placement = placementOf("maglev", { tableSize: size });
    const servers = named(SERVERS, `set ${set} s`);
    placement.update(servers);
    const before = placement.inspect?.().owners ?? new Int32Array(0);
    placement.update(servers.slice(0, -1));
    const after = placement.inspect?.().owners ?? new Int32Array(0);
    return movedWithoutNeed(before, after, SERVERS - 1) / size;
  });
  const random = estimate(Array.from({ length: sets }, (_, set) => extraMoves(SERVERS, size, set)));
  return agrees(
    "maglev: extra slots moved, one removed, share",
    estimate(found),
    random.mean,
    // The expected number is itself a mean over random tables.
    { slack: intervalOf(random)[1] - random.mean, method: "random permutations in Maglev's turns" },
  );
}

/**
 * Checks how evenly a ring distributes keys. With V points per server of n, the shares are Dirichlet distributed, and a
 * share's variance relative to its mean is (n − 1) / (nV + 1). A sample of k keys adds (n − 1) / k times the rest.
 */
function spread(points: number, keys: number, sets: number): Finding {
  const count = 100;
  const squares = Array.from({ length: sets }, (_, set) => {
    const servers = named(count, `set ${set} s`);
    const placement = placementOf("ring", { pointsPerWeight: points });
    return disruption(placement, servers, servers, keys).spread ** 2;
  });
  const ofShares = (count - 1) / (count * points + 1);
  const ofSample = (count - 1 - ofShares) / keys;
  return agrees(
    `ring, ${points} points: variance of the shares`,
    estimate(squares),
    ofShares + ofSample,
    { method: "Dirichlet distribution of the arcs" },
  );
}
