// One end of a tunnel: something that bytes go to and come from, a socket or what stands for one. A tunnel joins two of them
// and knows nothing else about either.

/** How an end came to its own: in order, by a reset, because it was silent for too long, or because we stop. */
export type Closing = "closed" | "reset" | "timed-out" | "stopped";

/** Told about an end, from `begin` on. */
export interface ByteEndListener {
  data(chunk: Buffer): void;
  /** Nothing refers any more to the bytes that `data` was given: their memory may be used again. */
  readonly settled: boolean;
  /** It took what was written; more may be written. */
  drained(): void;
  /** It will send no more; it may still be reading. */
  ended(): void;
  /** It is gone, or late, and then it has ended itself. */
  closed(how: Closing): void;
}

export interface ByteEnd {
  /** From now on `listener` is told. Bytes may come before this returns. */
  begin(listener: ByteEndListener): void;
  /** False when it is slow: wait for `drained`. */
  write(chunk: Buffer): boolean;
  /** Everything written so far has left. */
  readonly delivered: boolean;
  /** The other end is slow: reads no more of this one until `resume`. What was read already may still come. */
  pause(): void;
  resume(): void;
  /** Sends what was written, and that there will be no more. It may go on sending. */
  halfClose(): void;
  /** Sends what was written, then closes: it has ended, or has nobody left to talk to. */
  end(): void;
  /** Closes at once, and not so that what it was sent looks whole. */
  abort(): void;
  /** Closes at once. */
  destroy(): void;
  /** When it is late, on the clock of the deadlines: `closed("timed-out")` is told then. */
  set deadline(at: number);
}
