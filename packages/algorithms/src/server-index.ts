// Gives each server of the current list a number, so that what is known of it lives in typed arrays.
// What was known moves along when the list changes; a server that left and came back starts clean, and news of
// requests from its earlier life are told apart by when those began.

/** Slack for times that were subtracted and added again. */
const ROUNDING_MS = 0.001;
const EVER = Number.NEGATIVE_INFINITY;

export class ServerIndex<S> {
  #servers: readonly S[] = [];
  #at = new Map<S, number>();
  #joinedAt = new Float64Array(0);

  get servers(): readonly S[] {
    return this.#servers;
  }

  /** Takes a new list; tells for each place which place that server had before, -1 for a new one. */
  update(servers: readonly S[], now: number): Int32Array {
    // The first list is no comeback: requests that began before it cannot be of an earlier life.
    const since = this.#servers.length === 0 ? EVER : now;
    const from = Int32Array.from(servers, (server) => this.of(server));
    this.#joinedAt = moved(this.#joinedAt, from, since);
    this.#servers = [...servers];
    this.#at = new Map(servers.map((server, index) => [server, index]));
    return from;
  }

  /** -1 when it is not in the list. */
  of(server: S): number {
    return this.#at.get(server) ?? -1;
  }

  /**
   * As `of`, for a request that began `ms` before `now()`; -1 also when that was before the server joined.
   * The clock is read only for servers that joined later than the first list: reading it costs more than the rest.
   */
  ofLife(server: S, now: () => number, ms: number): number {
    const index = this.of(server);
    const joinedAt = this.#joinedAt[index] ?? EVER;
    return joinedAt !== EVER && now() - ms < joinedAt - ROUNDING_MS ? -1 : index;
  }
}

/** The values of `old` at the servers' new places, `fresh` for new servers. */
export function moved(
  old: Float64Array,
  from: Int32Array,
  fresh: number,
): Float64Array<ArrayBuffer> {
  return Float64Array.from(from, (index) => old[index] ?? fresh);
}
