// The fault of a message, as a value. Parsers return this value; they do not throw it.

/**
 * The reason why a message is refused: a code for the counters, a status for the answer, and a text for the
 * log.
 */
export class ProtocolFailure {
  /**
   * The fault in kebab case, for example `content-length-and-transfer-encoding`. The code of a
   * fault never changes, because operators count faults by their codes.
   */
  readonly code: string;
  /** 400, 413, 414, 431, 501 or 505 for requests; 502 for responses. */
  readonly status: number;
  /** A sentence for people. Received text in it is escaped and cut, and field values are not repeated. */
  readonly message: string;

  constructor(code: string, status: number, message: string) {
    this.code = code;
    this.status = status;
    this.message = message;
  }
}

/** The sender of a message, which decides the status of a refusal. */
export type Sender = "client" | "server";

/** Returns the status for a malformed message. */
export function malformed(sender: Sender): number {
  return sender === "client" ? 400 : 502;
}

/** Returns the status for a head or trailer section beyond its limits. */
export function tooLarge(sender: Sender): number {
  return sender === "client" ? 431 : 502;
}
