// Server-sent events (HTML Living Standard §9.2): an answer that never ends, and in which nothing is sent while
// nothing happens. So a server that is silent within such an answer does not count as stalled.
import type { ResponseHead } from "@tandem/http";

const TYPE = /^text\/event-stream\s*(?:;|$)/i;

/**
 * Returns whether an answer's body is a stream of events: the answer has the media type of event streams and no
 * announced length.
 */
export function isEventStream({ bodyLength, fields }: ResponseHead): boolean {
  return bodyLength < 0 && TYPE.test(fields.get("content-type") ?? "");
}
