// The part of a connection's interface that a session needs. net.Socket and tls.TLSSocket implement this interface.
// So the HTTP code needs no sockets, and a test can pass a plain object.

export interface ByteStream {
  /** Whether the connection is TLS; absent = it is not. */
  readonly encrypted?: boolean;
  /** True while written bytes wait for a slow peer. */
  readonly writableNeedDrain: boolean;
  /** How many bytes were written and not yet taken by the kernel. */
  readonly writableLength: number;
  write(chunk: Buffer): boolean;
  /** Writes text of one character per byte. */
  write(text: string, encoding: "latin1"): boolean;
  cork(): void;
  uncork(): void;
  pause(): unknown;
  resume(): unknown;
  /** Sends what was written, then half-closes. */
  end(): unknown;
  destroy(): unknown;
  /** Closes the connection with a TCP reset, which a peer cannot take for an orderly end. */
  resetAndDestroy(): unknown;
}
