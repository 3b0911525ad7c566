// The few things a session needs of a connection. net.Socket and tls.TLSSocket have them all, so the
// codec stays free of sockets and a test can hand in a literal.

export interface ByteStream {
  /** It is TLS; absent = it is not. */
  readonly encrypted?: boolean;
  /** True while written bytes wait for a slow peer. */
  readonly writableNeedDrain: boolean;
  /** Bytes written and not yet taken by the kernel. */
  readonly writableLength: number;
  write(chunk: Buffer): boolean;
  /** Text of one byte per character. */
  write(text: string, encoding: "latin1"): boolean;
  cork(): void;
  uncork(): void;
  pause(): unknown;
  resume(): unknown;
  /** Sends what was written, then half-closes. */
  end(): unknown;
  destroy(): unknown;
  /** The same with a TCP reset, which no peer takes for an orderly end. */
  resetAndDestroy(): unknown;
}
