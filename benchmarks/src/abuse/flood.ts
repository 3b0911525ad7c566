// What a flood is: what one hostile connection sends after its preface, and what is expected of the proxy.

/** What one hostile connection sends. */
export interface Script {
  /** The bytes after the preface and the empty SETTINGS. */
  readonly begin: Buffer;
  /** How many frames `begin` has. */
  readonly beginFrames: number;
  /** Makes the next bytes. Absent when the connection only holds on to what it has. */
  readonly more?: () => Buffer;
  /** How many frames `more` makes each time. */
  readonly moreFrames?: number;
  /** Whether not even the preface is sent. */
  readonly silent?: true;
  /** Whether the connection reads nothing of what is sent to it. */
  readonly deaf?: true;
}

export interface Flood {
  readonly name: string;
  /** A sentence for the help, the report and the documents. */
  readonly what: string;
  /**
   * How Tandem counts the sessions that it ends: names in `ended` of its status. Empty = the session may live on, and only its streams are ended, by
   * timeouts.
   */
  readonly ends: readonly string[];
  open(): Script;
}

/** Returns a function that makes the ids of a client's streams: 1, 3, 5 and so on. */
export function streamIds(): () => number {
  let next = -1;
  return () => {
    next += 2;
    return next;
  };
}

/** Returns the bytes that `make` returns in `times` calls. */
export function repeated(times: number, make: () => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: times }, make));
}
