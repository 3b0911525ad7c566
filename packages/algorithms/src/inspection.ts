// What an algorithm shows of its state, for the laboratory and for debugging. The state is copied on request, so the
// copy can be kept and sent. Making the copy changes no later pick. Servers are shown by name.

/**
 * A server and the number by which the algorithm compares it with other servers. If the algorithm
 * divides this number by the server's weight, `value` is the result of the division.
 */
export interface Shown {
  readonly server: string;
  readonly value: number;
}

export type Inspection =
  /**
   * The servers in the order of their turns, until a round robin begins anew. Empty when this order
   * is too long to be stored.
   */
  | { readonly kind: "sequence"; readonly servers: readonly string[] }
  /**
   * The load of each server. Each pick draws `draws` servers (0 = all) and takes the one with the
   * lowest load.
   */
  | { readonly kind: "loads"; readonly loads: readonly Shown[]; readonly draws: number }
  /** The weights learned from load reports; empty while too few servers have reported. */
  | { readonly kind: "weights"; readonly weights: readonly Shown[] }
  /** The idle servers, in the order in which they will be picked. */
  | { readonly kind: "queue"; readonly servers: readonly string[] }
  /**
   * Prequal's probe answers. A server is hot (busy) when its requests in flight, per weight, are
   * above `hotAbove`.
   */
  | { readonly kind: "pool"; readonly hotAbove: number; readonly answers: readonly ProbeAnswer[] }
  /**
   * Which server each key belongs to: slot by slot of Maglev's table, or point by point around a
   * ring. `owners` holds indices into `servers`.
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
  /**
   * For a hashing method without a table or ring: the servers of many evenly spread keys, as
   * indices into `servers`.
   */
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
  /**
   * How many more times this answer may be used; infinite when the pool of answers has room for every server, or when
   * picks remove at least as many answers from the pool as the probes add.
   */
  readonly usesLeft: number;
}
