// The configuration keys below `hash`, and the parameters of the picker that these keys set.
import { choice, countFrom, numberFrom, part, tuning } from "../options.ts";

export const HASH_METHODS = ["maglev", "ring", "rendezvous", "jump", "modulo"] as const;
export type HashMethod = (typeof HASH_METHODS)[number];

export interface HashParameters {
  readonly method: HashMethod;
  /**
   * The bounded load: no server gets more than this many times its fair share of the requests in
   * flight (1.25, for example). 0 = no bound.
   */
  readonly balanceFactor: number;
  /** For Maglev: the number of slots in the table, a prime well above 100 × servers. */
  readonly tableSize: number;
  /**
   * For the ring: the points of a server per unit of weight. When all servers together would need more than 262144
   * points, each server gets fewer, and `Picker.note` says so.
   */
  readonly pointsPerWeight: number;
}

export const hash = part({
  title: "hash",
  about: "how a key becomes a server",
  meaning: "of the algorithms that keep requests together",
  keys: {
    method: tuning("method", choice(HASH_METHODS), {
      default: "maglev",
      meaning: "how keys are placed on servers",
      field: { label: "Method" },
    }),
    balanceFactor: tuning("balanceFactor", numberFrom(0, 100), {
      default: 0,
      meaning:
        "no server gets more than this many times its fair share of what is in flight, `1.25` say; 0 = unbounded",
      field: { label: "Bounded load (0 = off)", range: [0, 3, 0.05] },
    }),
    tableSize: tuning("tableSize", countFrom(7, 10_000_019), {
      default: 65_537,
      meaning: "`maglev`: slots, a prime well above 100 × servers",
    }),
    pointsPerWeight: tuning("pointsPerWeight", countFrom(1, 10_000), {
      default: 160,
      meaning:
        "`ring`: points per unit of weight; fewer when all servers together would have more than 262,144",
      field: { label: "Ring points a server", range: [1, 500, 1] },
    }),
  },
});
