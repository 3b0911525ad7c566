// Limits for heads. A head that exceeds a limit is refused. Each limit is checked before bytes are
// stored.

/** Limits on the head of a request or of an answer. */
export interface HeadLimits {
  /** Bytes of the start line without its CRLF. A request with a longer line is answered with 414. */
  readonly requestLine: number;
  /**
   * Bytes of the whole head: start line and fields with their CRLFs. A request with a longer head is answered with 431.
   */
  readonly head: number;
  /** Number of field lines. A request with more lines is answered with 431. */
  readonly fields: number;
}

/** Limits on the head of a request, and what is done with dot segments. */
export interface RequestLimits extends HeadLimits {
  /**
   * What happens to a target with `/./` or `/../` in it, plain or encoded: the dot segments are resolved, or the
   * request is answered with 400.
   */
  readonly dotSegments: "resolve" | "refuse";
}

export const DEFAULT_LIMITS: RequestLimits = {
  requestLine: 8192,
  head: 32_768,
  fields: 128,
  dotSegments: "resolve",
};
