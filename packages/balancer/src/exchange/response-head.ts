// The head of an answer as the client gets it: what ends at this hop is gone, everything else is as the
// server wrote it.
import {
  CHUNKED,
  type Fields,
  type ProtocolFailure,
  type ResponseHead,
  stripHopByHop,
} from "@tandem/http";

/** Fields for the client, a copy to be edited; or why the answer cannot be passed on. */
export function answerFields(head: ResponseHead): Fields | ProtocolFailure {
  const fields = head.fields.copy();
  if (head.bodyLength !== CHUNKED) fields.remove("trailer"); // none can follow
  return stripHopByHop(fields, "server") ?? fields;
}
