// Server-sent events (HTML Living Standard §9.2): an answer that never ends, and is silent while nothing happens. A
// server that sends nothing within such an answer is not stalled.
import type { ResponseHead } from "@tandem/http";

const TYPE = /^text\/event-stream\s*(?:;|$)/i;

/** Whether an answer's body is a stream of events: it has that media type and no announced length. */
export function isEventStream({ bodyLength, fields }: ResponseHead): boolean {
  return bodyLength < 0 && TYPE.test(fields.get("content-type") ?? "");
}
