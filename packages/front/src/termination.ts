// HAProxy's termination state for an exchange that the client or a stop of the tier has ended. The
// first letter is the cause (C, c, P, K), the second letter the phase (R the request's head, Q
// queue, C connect, H waiting for the answer's head, D data). See HAProxy's manual, section 8.5.
import type { AbortCause } from "@tandem/http/exchange";

export type Phase = "request" | "queue" | "connect" | "response" | "data" | "tunnel";

const PHASE: Readonly<Record<Phase, string>> = {
  request: "R",
  queue: "Q",
  connect: "C",
  response: "H",
  data: "D",
  tunnel: "D",
};

const CAUSES: Readonly<Record<AbortCause, readonly [string, string]>> = {
  "client-closed": ["C", "the client closed the connection"],
  "client-timeout": ["c", "the client neither sent nor read for timeouts.client"],
  "body-too-slow": ["c", "the request body came slower than limits.bodyRate"],
  "bad-body": ["P", "the request body is malformed"],
  "broken-protocol": ["P", "the client broke HTTP/2, so its whole connection was ended"],
  "body-too-large": ["P", "the request body is larger than allowed"],
  stopped: ["K", "the proxy was stopped"],
};

/** Returns the termination state as HAProxy writes it (such as `CD--`), and a text about the cause for the log. */
export function abortTermination(cause: AbortCause, phase: Phase): readonly [string, string] {
  const [letter, words] = CAUSES[cause];
  // A client may end an upgraded connection at any time, so this end is not an error.
  if (phase === "tunnel" && cause === "client-closed") return ["----", ""];
  return [`${letter}${PHASE[phase]}--`, words];
}
