// Answers that may never end, and in which nothing is sent while nothing happens: server-sent events (HTML Living
// Standard §9.2), and the messages of gRPC. So a server that is silent within such an answer does not count as stalled.
import { hasGrpcType, type ResponseHead } from "@tandem/http";

const TYPE = /^text\/event-stream\s*(?:;|$)/i;

/**
 * Returns whether an answer's body is a stream of events: the answer has the media type of event streams or of gRPC, and
 * no announced length.
 */
export function isEventStream({ bodyLength, fields }: ResponseHead): boolean {
  return bodyLength < 0 && (TYPE.test(fields.get("content-type") ?? "") || hasGrpcType(fields));
}
