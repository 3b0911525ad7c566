// What a hashing method does: gives every key a server. Servers come sorted by name, so that the order of a
// configuration or of discovery changes nothing; balancers that know the same servers agree.

export interface PlacedServer {
  readonly name: string;
  readonly weight: number;
}

/** Owners are indices of servers; points, where there are any, their places on the ring. */
export interface Layout {
  readonly owners: Int32Array;
  readonly points?: Uint32Array;
}

export interface Placement {
  /** Cold: the servers changed. */
  update(servers: readonly PlacedServer[]): void;
  /** Its table or ring, where it has one. Cold. */
  inspect?(): Layout;
  /** The index of the server of an unsigned 32-bit `key`; -1 when there are none. */
  at(key: number): number;
}
