// What an algorithm shows of itself, for the laboratory and for people who debug it. Cold: made when somebody
// looks, copied, so that it can be kept and sent; looking changes no later pick. Servers go by their names.

/** One server's number, as the algorithm compares it (already divided by the weight where it does so). */
export interface Shown {
  readonly server: string;
  readonly value: number;
}

export type Inspection =
  /** One period of a rotation. Empty where the rotation has none (static stride). */
  | { readonly kind: "sequence"; readonly servers: readonly string[] }
  /** The load of each server; the lowest wins among those that are looked at. */
  | { readonly kind: "loads"; readonly loads: readonly Shown[]; readonly draws: number }
  /** Weights that were learned; empty while too few servers have reported. */
  | { readonly kind: "weights"; readonly weights: readonly Shown[] }
  /** Idle servers, the next first. */
  | { readonly kind: "queue"; readonly servers: readonly string[] }
  /** Prequal's probe answers, and above which number of requests a server is hot. */
  | { readonly kind: "pool"; readonly hotAbove: number; readonly answers: readonly ProbeAnswer[] }
  /** Where keys belong: slot by slot (Maglev), or point by point around a ring. Owners index `servers`. */
  | {
      readonly kind: "table";
      readonly servers: readonly string[];
      readonly owners: Int32Array;
    }
  | {
      readonly kind: "ring";
      readonly servers: readonly string[];
      readonly points: Uint32Array;
      readonly owners: Int32Array;
    }
  /** A placement without a table: whom each of evenly spread keys belongs to. */
  | {
      readonly kind: "keys";
      readonly servers: readonly string[];
      readonly owners: Int32Array;
    };

export interface ProbeAnswer {
  readonly server: string;
  readonly inFlight: number;
  readonly latencyMs: number;
  readonly ageMs: number;
  /** How often it may still be used; infinite in small fleets. */
  readonly usesLeft: number;
}
