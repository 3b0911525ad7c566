// The fields of an answer as the client gets them: hop-by-hop fields are removed, everything else is as the
// server wrote it.
import type { Fields } from "./fields.ts";
import { CHUNKED, type ResponseHead } from "./head.ts";
import { stripHopByHop } from "./hop-by-hop.ts";
import type { ProtocolFailure } from "./protocol-failure.ts";

/** With this status the server names in Upgrade the protocol that the client must use (RFC 9110 §15.5.22). */
const UPGRADE_REQUIRED = 426;

/**
 * Returns a copy of the fields for the client, which may be edited; or the reason why the answer cannot be passed on.
 */
export function answerFields(head: ResponseHead): Fields | ProtocolFailure {
  const fields = head.fields.copy();
  if (head.bodyLength !== CHUNKED) fields.remove("trailer"); // no trailers can follow
  const upgrade = head.status === UPGRADE_REQUIRED ? fields.all("upgrade").join(", ") : "";
  const refused = stripHopByHop(fields, "server");
  if (refused !== undefined) return refused;
  if (upgrade !== "") {
    fields.add("Upgrade", upgrade);
    fields.add("Connection", "Upgrade");
  }
  return fields;
}
