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

/** What a request may be. */
export interface RequestLimits extends HeadLimits {
  /** What becomes of a target with `/./` or `/../` in it, plain or encoded. Refused: 400. */
  readonly dotSegments: "resolve" | "refuse";
}

export const DEFAULT_LIMITS: RequestLimits = {
  requestLine: 8192,
  head: 32_768,
  fields: 128,
  dotSegments: "resolve",
};
