// Leaves out requests that are dated far from all others: a clock that was wrong, or a line of another year. One such
// line would stretch the replay, so that the load of all the others is next to nothing.

/** The requests that were left out because of their time. */
export interface Strays {
  readonly count: number;
  /** The earliest and the latest of them, in milliseconds since 1970. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** With fewer requests, none can be told from the others. */
const FEWEST = 8;
/** At most this share of the requests is left out at each end, but one at each end always may be. */
const SHARE = 0.025;
/** A gap is far when it is longer than this, and longer than FACTOR times the time that the other requests take. */
const SHORTEST_MS = 3_600_000;
const FACTOR = 3;

/**
 * Returns the requests without strays. `requests` are in order of arrival. A stray is one of the first or last requests
 * and is, with all beyond it, separated from the rest by a far gap.
 */
export function withoutStrays<R extends { readonly arrivedMs: number }>(
  requests: readonly R[],
): { readonly kept: readonly R[]; readonly strays?: Strays } {
  const at = (i: number) => requests[i]?.arrivedMs ?? Number.NaN;
  const last = requests.length - 1;
  if (requests.length < FEWEST) return { kept: requests };
  const few = Math.max(1, Math.floor(SHARE * requests.length));
  let [from, to] = [few, last - few];
  const far = Math.max(SHORTEST_MS, FACTOR * (at(to) - at(from)));
  while (from > 0 && at(from) - at(from - 1) <= far) from--;
  while (to < last && at(to + 1) - at(to) <= far) to++;
  if (from === 0 && to === last) return { kept: requests };
  const strays = {
    count: from + last - to,
    firstMs: from > 0 ? at(0) : at(to + 1),
    lastMs: to < last ? at(last) : at(from - 1),
  };
  return { kept: requests.slice(from, to + 1), strays };
}
