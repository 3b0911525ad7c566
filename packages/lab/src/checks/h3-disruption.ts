// H3: how many keys each hashing method moves when the servers change. Ring and rendezvous hashing
// move only the keys that have to move. Jump hashing does the same when the last server of the list
// is added or removed. Maglev moves a few more keys than it has to, and modulo moves nearly all
// keys. H3 also checks how evenly a ring distributes the keys.
import { disruption } from "../stats/disruption.ts";
import { type Check, type Finding, near, same, within } from "./check.ts";
import { placementOf } from "./h-hashing.ts";

const SERVERS = 20;

/**
 * Makes servers with names whose sorted order is their numeric order, so that jump hashing puts the
 * last server into the last bucket.
 */
const named = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `s${String(i).padStart(4, "0")}`, weight: 1 }));

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
    const maglev = of("maglev");
    const modulo = of("modulo");
    // With modulo a key stays only when its hash has the same remainder for the old and the new
    // number of servers. One key in n stays, where n is the larger of the two numbers.
    const stays = 1 / SERVERS;
    return [
      ...findings,
      within("maglev: extra keys moved, one removed", maglev.removed.extra, 0, 0.05, "few"),
      near(
        "modulo: all keys moved, one added",
        modulo.added.necessary + modulo.added.extra,
        1 - stays,
        0.01,
      ),
      ...spreads(keys),
    ];
  },
};

/**
 * Checks how evenly a ring distributes keys. With V points per server, the servers' shares have a relative standard
 * deviation of 1/√V. The sample has finitely many keys, which adds to the deviation.
 */
function spreads(keys: number): Finding[] {
  return [40, 160].map((points) => {
    const servers = named(100);
    const { spread } = disruption(
      placementOf("ring", { pointsPerWeight: points }),
      servers,
      servers,
      keys,
    );
    const sampling = 100 / keys;
    const expected = Math.sqrt(1 / points + sampling);
    return near(`ring, ${points} points: spread of the shares`, spread, expected, 0.3);
  });
}
