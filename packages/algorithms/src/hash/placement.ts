// The interface of a hashing method, which assigns every key to a server. The servers are sorted by
// name before they are passed in, so their order in the configuration or in discovery has no
// effect, and all balancers that know the same servers assign keys alike.

export interface PlacedServer {
  readonly name: string;
  readonly weight: number;
}

/**
 * A method's table or ring. `owners` holds the index of a server for each slot of the table or point of the ring.
 * `points` holds the position of each point; a table has none.
 */
export interface Layout {
  readonly owners: Int32Array;
  readonly points?: Uint32Array;
}

export interface Placement {
  /** Takes the new list of servers. Called only when the servers change. */
  update(servers: readonly PlacedServer[]): void;
  /** Returns the method's table or ring. Only methods that have a table or ring implement this. Not called by picks. */
  inspect?(): Layout;
  /**
   * Says in a sentence that a limit of the method overrides what was configured, with the present servers. Undefined
   * when none does.
   */
  note?(): string | undefined;
  /** Returns the index of the server that an unsigned 32-bit `key` belongs to; -1 when there are no servers. */
  at(key: number): number;
}
