// Makes the fields of an answer for the client: hop-by-hop fields are removed, all other fields stay as the server
// wrote them.
import type { Fields } from "./fields.ts";
import { CHUNKED, type ResponseHead } from "./head.ts";
import { stripHopByHop } from "./hop-by-hop.ts";
import type { ProtocolFailure } from "./protocol-failure.ts";

/**
 * An answer with this status names in its Upgrade field the protocol that the client must use (RFC
 * 9110 §15.5.22).
 */
const UPGRADE_REQUIRED = 426;

/**
 * Returns the fields for the client, as a copy that may be edited. Returns the refusal when the answer cannot be passed
 * on.
 */
export function answerFields(head: ResponseHead): Fields | ProtocolFailure {
  const fields = head.fields.copy();
  if (head.bodyLength !== CHUNKED) fields.remove("trailer"); // only a body in chunks can have trailers
  const upgrade = head.status === UPGRADE_REQUIRED ? fields.all("upgrade").join(", ") : "";
  const refused = stripHopByHop(fields, "server");
  if (refused !== undefined) return refused;
  if (upgrade !== "") {
    fields.add("Upgrade", upgrade);
    fields.add("Connection", "Upgrade");
  }
  return fields;
}
