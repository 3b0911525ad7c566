// How much of a head is read before it is refused. Each limit is checked before bytes are stored.

/** Limits of one head. */
export interface HeadLimits {
  /** Bytes of the start line without its CRLF. A longer line is answered with 414. */
  readonly requestLine: number;
  /** Bytes of the whole head: start line and fields with their CRLFs. A longer head is answered with 431. */
  readonly head: number;
  /** Number of field lines. More are answered with 431. */
  readonly fields: number;
}

/** Limits of a request. */
export interface RequestLimits extends HeadLimits {
  /** Whether a target with `/./` or `/../` in it, plain or encoded, is resolved or answered with 400. */
  readonly dotSegments: "resolve" | "refuse";
}

export const DEFAULT_LIMITS: RequestLimits = {
  requestLine: 8192,
  head: 32_768,
  fields: 128,
  dotSegments: "resolve",
};
