// The error codes of HTTP/2 (RFC 9113 §7), and the faults of a peer as values.

export const NO_ERROR = 0x0;
export const PROTOCOL_ERROR = 0x1;
export const INTERNAL_ERROR = 0x2;
export const FLOW_CONTROL_ERROR = 0x3;
export const STREAM_CLOSED = 0x5;
export const FRAME_SIZE_ERROR = 0x6;
export const REFUSED_STREAM = 0x7;
export const CANCEL = 0x8;
export const COMPRESSION_ERROR = 0x9;
export const ENHANCE_YOUR_CALM = 0xb;

/** The names of the codes, by their numbers. */
export const CODE_NAMES = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
] as const;

/** A fault of the peer. Depending on where it is returned, it ends a stream or the whole connection. */
export class H2Failure {
  /** The code that RST_STREAM or GOAWAY carries. */
  readonly code: number;
  /** The fault in kebab case, for counters and tests. The name of a fault never changes. */
  readonly fault: string;
  /** A sentence for people. */
  readonly message: string;

  constructor(code: number, fault: string, message: string) {
    this.code = code;
    this.fault = fault;
    this.message = message;
  }
}
