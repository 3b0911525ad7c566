// The interface of a hashing method: it assigns every key to a server. Servers come sorted by name, so the order in
// the configuration or of discovery has no effect, and balancers that know the same servers agree.

export interface PlacedServer {
  readonly name: string;
  readonly weight: number;
}

/** `owners` are indices of servers; `points`, where there are any, their places on the ring. */
export interface Layout {
  readonly owners: Int32Array;
  readonly points?: Uint32Array;
}

export interface Placement {
  /** Takes the new list after the servers changed. Cold. */
  update(servers: readonly PlacedServer[]): void;
  /** The method's table or ring, where it has one. Cold. */
  inspect?(): Layout;
  /** The index of the server that an unsigned 32-bit `key` belongs to; -1 when there are no servers. */
  at(key: number): number;
}
