// The head of an answer as the client gets it: what ends at this hop is gone, everything else is as the
// server wrote it.
import {
  CHUNKED,
  type Fields,
  type ProtocolFailure,
  type ResponseHead,
  stripFraming,
  stripHopByHop,
} from "@tandem/http";

/** Fields for the client, a copy to be edited; or why the answer cannot be passed on. */
export function answerFields(head: ResponseHead): Fields | ProtocolFailure {
  const fields = head.fields.copy();
  if (head.bodyLength !== CHUNKED) fields.remove("trailer"); // none can follow
  return stripHopByHop(fields, "server") ?? fields;
}

/**
 * Keeps the lines that `fields` make with the head, for the next answer that has the same: a server
 * repeats itself. Only where a body of known length follows, the one case in which lines do not depend
 * on the request.
 */
export function keepLines(head: ResponseHead, fields: Fields): void {
  if (head.bodyLength <= 0) return;
  const lines = fields.copy();
  stripFraming(lines);
  head.forwardLines = lines.lines();
}
