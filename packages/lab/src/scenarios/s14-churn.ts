// S14: servers leave, join and flap. How many keys move to another server without need? This study simulates nothing.
// The study computes the server of every key with the balancer's own hashing code, before and after each change.
import { ALGORITHMS, HASH_METHODS, PLACEMENTS, type PlacedServer } from "@tandem/balancer/pickers";
import { disruption } from "../stats/disruption.ts";

export interface ChurnRow {
  readonly method: string;
  readonly change: string;
  /** The share of all keys that had to move, in per cent. `extra` is the share that moved without need. */
  readonly necessary: number;
  readonly extra: number;
  /** The standard deviation of the servers' numbers of keys after the change, in per cent of the mean. */
  readonly spread: number;
}

const SERVERS = 20;
/** One flap every ten seconds for ten minutes. In a flap a server leaves and comes back. */
const FLAPS = 60;

const named = (count: number): PlacedServer[] =>
  Array.from({ length: count }, (_, i) => ({ name: `s${String(i).padStart(3, "0")}`, weight: 1 }));

const CHANGES: readonly (readonly [
  string,
  (all: PlacedServer[]) => readonly [PlacedServer[], PlacedServer[]],
])[] = [
  ["one of 20 leaves", (all) => [all, all.filter((_, i) => i !== 7)]],
  ["the last of 20 leaves", (all) => [all, all.slice(0, -1)]],
  ["a tenth leaves", (all) => [all, all.filter((_, i) => i % 10 !== 3)]],
  ["one is added at the end", (all) => [all.slice(0, -1), all]],
];

export const churn = {
  id: "S14",
  name: "churn",
  title: "Servers leave, come and flap under five hashing methods",
  question: "How many keys move, and how many of them without need?",
  source: "Karger et al. 1997; Eisenbud et al. 2016; Lamping & Veach 2014",
  /** Returns rows for a table or stacked bars. The row of the flapping server adds up the moves of all its changes. */
  rows(full = false): ChurnRow[] {
    const keys = full ? 200_000 : 50_000;
    const all = named(SERVERS);
    return HASH_METHODS.flatMap((method) => {
      const place = (before: PlacedServer[], after: PlacedServer[]) =>
        disruption(PLACEMENTS[method](ALGORITHMS.source.defaults), before, after, keys);
      const rows = CHANGES.map(([change, of]) => {
        const [before, after] = of(all);
        return rowOf(method, change, place(before, after), 1);
      });
      const without = all.filter((_, i) => i !== 7);
      const flap = place(all, without);
      return [...rows, rowOf(method, `one flaps ${FLAPS} times: moves in all`, flap, 2 * FLAPS)];
    });
  },
} as const;

function rowOf(
  method: string,
  change: string,
  { necessary, extra, spread }: ReturnType<typeof disruption>,
  times: number,
): ChurnRow {
  return {
    method,
    change,
    necessary: 100 * necessary * times,
    extra: 100 * extra * times,
    spread: 100 * spread,
  };
}
