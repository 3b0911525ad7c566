// How much of a head is read before it is refused. Each limit holds before bytes are stored.

/** Bounds of one head. */
export interface HeadLimits {
  /** Bytes of the start line without its CRLF. Beyond: 414. */
  readonly requestLine: number;
  /** Bytes of the whole head: start line and fields with their CRLFs. Beyond: 431. */
  readonly head: number;
  /** Field lines. Beyond: 431. */
  readonly fields: number;
}

export const DEFAULT_LIMITS: HeadLimits = { requestLine: 8192, head: 32_768, fields: 128 };
