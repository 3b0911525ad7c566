// What an algorithm shows of its state, for the laboratory and for debugging. Cold: the copy is made on request, so
// it can be kept and sent, and making it changes no later pick. Servers are shown by name.

/** One server's number, as the algorithm compares it (already divided by the weight where it does so). */
export interface Shown {
  readonly server: string;
  readonly value: number;
}

export type Inspection =
  /** One period of a rotation. Empty where the rotation has none (static stride). */
  | { readonly kind: "sequence"; readonly servers: readonly string[] }
  /** The load of each server. Among the servers that a pick looks at, the lowest load wins. */
  | { readonly kind: "loads"; readonly loads: readonly Shown[]; readonly draws: number }
  /** Weights learned from reports; empty while too few servers have reported. */
  | { readonly kind: "weights"; readonly weights: readonly Shown[] }
  /** Idle servers, the next one to be picked first. */
  | { readonly kind: "queue"; readonly servers: readonly string[] }
  /** Prequal's probe answers, and the number of requests above which a server is hot. */
  | { readonly kind: "pool"; readonly hotAbove: number; readonly answers: readonly ProbeAnswer[] }
  /**
   * Which server owns which keys: slot by slot (Maglev), or point by point around a ring. `owners` index `servers`.
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
  /** A placement without a table: the owner of each of many evenly spread keys. */
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
  /** How often this answer may still be used; infinite in small fleets. */
  readonly usesLeft: number;
}
