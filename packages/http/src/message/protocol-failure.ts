// What is wrong with a message, as a value: nothing is thrown on the wire path.

/** A refused message: a stable code to count, the status to answer with, and words for the log. */
export class ProtocolFailure {
  /** Stable and kebab-case, for example `content-length-and-transfer-encoding`. */
  readonly code: string;
  /** 400, 413, 414, 431, 501 or 505 for requests; 502 for responses. */
  readonly status: number;
  /** Plain words; what was received is escaped and cut, field values are not repeated. */
  readonly message: string;

  constructor(code: string, status: number, message: string) {
    this.code = code;
    this.status = status;
    this.message = message;
  }
}

/** Who sent the message decides which status a refusal gets. */
export type Sender = "client" | "server";

/** The status for a malformed message. */
export function malformed(sender: Sender): number {
  return sender === "client" ? 400 : 502;
}

/** The status for a head or trailer section beyond its limits. */
export function tooLarge(sender: Sender): number {
  return sender === "client" ? 431 : 502;
}
