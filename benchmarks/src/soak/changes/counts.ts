// What the clients of one protocol count themselves during changes of one kind.

export class Counts {
  /** Requests that were answered rightly, and messages of tunnels that came back unchanged. */
  answered = 0;
  /** How often a client went to the other box, because the first one did not accept its connection. */
  moved = 0;
  /**
   * Requests that a client sent again because the protocol says that they were not processed (RFC 9113 §8.7: streams
   * above the last one of a GOAWAY, and REFUSED_STREAM). Such a request may be sent again whatever its method is.
   */
  retried = 0;
  /** Tunnels that were opened. */
  opened = 0;
  /** Tunnels that ended at the deadline of a drain. */
  ended = 0;
  /** Why a request failed, or a tunnel ended that had to stay. */
  readonly failed: string[] = [];
}

/** What the clients counted during changes of one kind. The keys of `counts` are the protocols. */
export interface Phase {
  readonly kind: string;
  readonly times: number;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, Counts>>;
  /**
   * The longest time for which the generator itself was not scheduled. What stands still for so long is this machine, and
   * not only the generator: a drain that lets clients go on for two seconds promises nothing beyond.
   */
  readonly stallMs: number;
}

/** The words for an error in `failed`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `${error}`;
  return "code" in error ? `${error.code} ${error.message}` : error.message;
}
