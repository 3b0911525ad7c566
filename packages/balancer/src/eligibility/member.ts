// The facts about a server that decide, before an algorithm chooses, whether it gets requests and how many.

export interface Member {
  readonly name: string;
  /**
   * An operator sets draining and maint. A server in one of these states gets no requests, not even when all other
   * servers are down.
   */
  readonly state: "up" | "down" | "draining" | "maint";
  /** True when the server is up but reports that it cannot do all of its work. */
  readonly degraded?: boolean;
  /** The configured weight; 0 = no new requests. */
  readonly weight: number;
  /** A backup is used only while no other server is up. */
  readonly backup: boolean;
  /** The failover level; 0 is used first. */
  readonly priority: number;
  readonly zone: string | undefined;
  /**
   * When the server came up again, in wall clock milliseconds; undefined = the server was up from the start, so it has
   * no slow start.
   */
  readonly upSinceMs: number | undefined;
}

/** The servers that an algorithm may choose from, each with its current weight. */
export interface Eligible<M> {
  readonly servers: readonly M[];
  /** The weights, all above 0. They are the configured whole numbers unless levels, zones or slow start change them. */
  readonly weights: readonly number[];
  /** Whether health is ignored in at least one group, so that servers that are down are in the list. */
  readonly panic: boolean;
  /**
   * Whether any server is in slow start. If so, weights change merely because time passes, and must be computed again.
   */
  readonly warming: boolean;
}
