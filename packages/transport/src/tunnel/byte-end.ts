// One end of a tunnel: a socket, or another object that bytes are read from and written to. A tunnel joins two ends and
// knows nothing else about them.

/** How an end closed: in order, by a reset, because it was silent for too long, or because the process stops. */
export type Closing = "closed" | "reset" | "timed-out" | "stopped";

/** Is told what happens at an end, from `begin` on. */
export interface ByteEndListener {
  data(chunk: Buffer): void;
  /** Every chunk given to `data` has been sent on, so the end may use its memory again. */
  readonly settled: boolean;
  /** The peer took what was written. More may be written. */
  drained(): void;
  /** The peer sends no more. It may still read. */
  ended(): void;
  /** The end has closed. When its deadline passes, it closes itself. */
  closed(how: Closing): void;
}

export interface ByteEnd {
  /** From now on `listener` is told what happens. Bytes may come before this call returns. */
  begin(listener: ByteEndListener): void;
  /** False when the peer is slow. Then wait for `drained` before writing more. */
  write(chunk: Buffer): boolean;
  /** Whether everything written so far has been sent. */
  readonly delivered: boolean;
  /** Stops reading until `resume`, because the other end is slow. Bytes that were read already may still come. */
  pause(): void;
  resume(): void;
  /** Sends what was written and then half-closes. The peer may go on sending. */
  halfClose(): void;
  /** Sends what was written, then closes: this end has ended, or the other end is gone. */
  end(): void;
  /** Closes at once, and so that the peer can see that the bytes it got are not complete, such as by a reset. */
  abort(): void;
  /** Closes at once. */
  destroy(): void;
  /** When this end times out, on the clock of the deadlines. Then `closed("timed-out")` is called. */
  set deadline(at: number);
}
