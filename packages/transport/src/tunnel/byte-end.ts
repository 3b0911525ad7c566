// One end of a tunnel: a socket, or another object that bytes are read from and written to. A tunnel joins two ends
// and knows nothing else about them.

/** How an end closed: in order, by a reset, because it was silent for too long, or because the process stops. */
export type Closing = "closed" | "reset" | "timed-out" | "stopped";

/**
 * The object whose methods are called when something happens at an end of a tunnel. No method is called before the
 * object was passed to `ByteEnd.begin`.
 */
export interface ByteEndListener {
  data(chunk: Buffer): void;
  /**
   * Whether every chunk given to `data` has been sent on, so that the end may use the memory of these chunks again.
   */
  readonly settled: boolean;
  /** Called when the peer has taken the bytes that were written to this end. More bytes may be written now. */
  drained(): void;
  /** Called when the peer has sent its last byte. The peer may still read. */
  ended(): void;
  /** Called when the end has closed. An end closes itself when its deadline passes. */
  closed(how: Closing): void;
}

export interface ByteEnd {
  /** Calls `listener` from now on when something happens at this end. Bytes may be delivered before `begin` returns. */
  begin(listener: ByteEndListener): void;
  /** Writes bytes to the peer. False when the peer is slow: then wait for `drained` before writing more. */
  write(chunk: Buffer): boolean;
  /** Whether everything written so far has been sent. The memory of the written chunks may then be used again. */
  readonly delivered: boolean;
  /**
   * Stops reading until `resume`, because the other end is slow. Bytes that were read already may still be delivered.
   */
  pause(): void;
  resume(): void;
  /** Sends the bytes that were written and then half-closes. The peer may go on sending. */
  halfClose(): void;
  /** Sends the bytes that were written, then closes. Called when this end has ended, or when the other end is gone. */
  end(): void;
  /** Closes at once in a way that shows the peer that the bytes it got are not complete, for example with a reset. */
  abort(): void;
  /** Closes the connection at once. Bytes that were not sent yet are lost. */
  destroy(): void;
  /**
   * Sets the time when this end times out: the end then closes, and `closed("timed-out")` of the listener is called.
   * The time is a value of the clock that deadlines use.
   */
  set deadline(at: number);
}
