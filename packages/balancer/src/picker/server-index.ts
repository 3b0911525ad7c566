// Gives each server of the current list a number, so that what is known of it lives in typed arrays.
// What was known moves along when the list changes; a server that left and came back starts clean.

export class ServerIndex<S> {
  #servers: readonly S[] = [];
  #at = new Map<S, number>();

  get servers(): readonly S[] {
    return this.#servers;
  }

  /** Takes a new list; tells for each place which place that server had before, -1 for a new one. */
  update(servers: readonly S[]): Int32Array {
    const from = Int32Array.from(servers, (server) => this.of(server));
    this.#servers = [...servers];
    this.#at = new Map(servers.map((server, index) => [server, index]));
    return from;
  }

  /** -1 when it is not in the list. */
  of(server: S): number {
    return this.#at.get(server) ?? -1;
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
