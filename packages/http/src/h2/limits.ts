// Limits for a peer of HTTP/2. Each flood that is known has one: a peer beyond it loses its connection, with the code
// ENHANCE_YOUR_CALM.
import type { AllowanceLimits } from "./allowance.ts";

export interface H2Limits {
  /** How many streams the peer may have open at once. A stream beyond it is refused. */
  readonly streams: number;
  /** How many streams the peer may open altogether. Then the connection is drained. */
  readonly totalStreams: number;
  /** How many bytes of a body the peer may send before they were taken: on a stream, and on all of them together. */
  readonly streamWindow: number;
  readonly connectionWindow: number;
  /** How many CONTINUATION frames one head may have (CVE-2024-27316 and its like). */
  readonly continuations: number;
  /** How many streams may end early: by the peer's RST_STREAM, or by ours for its faults (CVE-2023-44487, 2025-8671). */
  readonly resets: AllowanceLimits;
  /** How many frames may bring no work: PING, SETTINGS, PRIORITY, empty DATA and others (CVE-2019-9512, 9515, 9518). */
  readonly idleFrames: AllowanceLimits;
  /** How many DATA frames may be tiny because the peer leaves no more room (CVE-2019-9511, 9517). */
  readonly tinyFrames: AllowanceLimits;
  /** Whether clients may open tunnels by extended CONNECT (RFC 8441). */
  readonly connectProtocol: boolean;
}

export const DEFAULT_H2_LIMITS: H2Limits = {
  streams: 100,
  totalStreams: Number.POSITIVE_INFINITY,
  streamWindow: 256 * 1024,
  connectionWindow: 1024 * 1024,
  continuations: 32,
  resets: { burst: 200, perSecond: 50 },
  idleFrames: { burst: 500, perSecond: 100 },
  tinyFrames: { burst: 500, perSecond: 100 },
  connectProtocol: true,
};
