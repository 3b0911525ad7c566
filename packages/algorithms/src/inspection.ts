// What an algorithm shows of its state, for the laboratory and for debugging. The state is copied on request, so the
// copy can be kept and sent. Making the copy changes no later pick. Servers are shown by name.

/**
 * The number by which the algorithm compares one server with others (already divided by the weight if the algorithm
 * divides by it).
 */
export interface Shown {
  readonly server: string;
  readonly value: number;
}

export type Inspection =
  /** One period of a rotation. Empty when the rotation has no period (static stride). */
  | { readonly kind: "sequence"; readonly servers: readonly string[] }
  /** The load of each server. Among the servers that a pick looks at, the server with the lowest load wins. */
  | { readonly kind: "loads"; readonly loads: readonly Shown[]; readonly draws: number }
  /** The weights learned from load reports; empty while too few servers have reported. */
  | { readonly kind: "weights"; readonly weights: readonly Shown[] }
  /** The idle servers, in the order in which they will be picked. */
  | { readonly kind: "queue"; readonly servers: readonly string[] }
  /** Prequal's probe answers, and the number of requests above which a server is hot. */
  | { readonly kind: "pool"; readonly hotAbove: number; readonly answers: readonly ProbeAnswer[] }
  /**
   * Which server owns which keys: slot by slot (Maglev), or point by point around a ring. `owners` holds indices into
   * `servers`.
   */
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
  /** For a placement without a table: the owner of each of many evenly spread keys. */
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
  /** How many more times this answer may be used; infinite in small fleets. */
  readonly usesLeft: number;
}
