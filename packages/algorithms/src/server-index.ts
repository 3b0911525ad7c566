// Gives each server of the current list a number (its index), so that the values kept for a server
// can be in typed arrays. When the list changes, the values move to the servers' new numbers. A
// server that left and came back starts without values. Feedback on a request that began before the
// server came back is ignored.

/** Tolerance for the rounding error of times that were subtracted and added again. */
const ROUNDING_MS = 0.001;
const EVER = Number.NEGATIVE_INFINITY;

export class ServerIndex<S> {
  #servers: readonly S[] = [];
  #at = new Map<S, number>();
  #joinedAt = new Float64Array(0);

  get servers(): readonly S[] {
    return this.#servers;
  }

  /**
   * Takes a new list of servers. Returns for each server its index in the old list; -1 for a new
   * server. `now` is the time in milliseconds.
   */
  update(servers: readonly S[], now: number): Int32Array {
    // A server of the first list cannot have left before. So feedback on its requests counts,
    // whenever they began.
    const since = this.#servers.length === 0 ? EVER : now;
    const from = Int32Array.from(servers, (server) => this.of(server));
    this.#joinedAt = moved(this.#joinedAt, from, since);
    this.#servers = [...servers];
    this.#at = new Map(servers.map((server, index) => [server, index]));
    return from;
  }

  /** Returns the number of the server; -1 when the server is not in the list. */
  of(server: S): number {
    return this.#at.get(server) ?? -1;
  }

  /**
   * Returns the number of the server for feedback on a request that began `ms` before `now()`.
   * Returns -1 when the server is not in the list, or joined the list after the request began. The
   * clock is read only for servers that joined after the first list, because reading the clock
   * takes longer than the rest of this method.
   */
  ofLife(server: S, now: () => number, ms: number): number {
    const index = this.of(server);
    const joinedAt = this.#joinedAt[index] ?? EVER;
    return joinedAt !== EVER && now() - ms < joinedAt - ROUNDING_MS ? -1 : index;
  }
}

/**
 * Returns the values of `old` at the servers' new places. `from` holds each server's old index, or
 * -1 for a new server, which gets the value `fresh`.
 */
export function moved(
  old: Float64Array,
  from: Int32Array,
  fresh: number,
): Float64Array<ArrayBuffer> {
  return Float64Array.from(from, (index) => old[index] ?? fresh);
}
