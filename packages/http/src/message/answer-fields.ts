// The fields of an answer as the client gets them: what ends at this hop is gone, everything else is as the
// server wrote it.
import type { Fields } from "./fields.ts";
import { CHUNKED, type ResponseHead } from "./head.ts";
import { stripHopByHop } from "./hop-by-hop.ts";
import type { ProtocolFailure } from "./protocol-failure.ts";

/** Says in Upgrade which protocol it wants, and means its client, not us (RFC 9110 §15.5.22). */
const UPGRADE_REQUIRED = 426;

/** Fields for the client, a copy to be edited; or why the answer cannot be passed on. */
export function answerFields(head: ResponseHead): Fields | ProtocolFailure {
  const fields = head.fields.copy();
  if (head.bodyLength !== CHUNKED) fields.remove("trailer"); // none can follow
  const upgrade = head.status === UPGRADE_REQUIRED ? fields.all("upgrade").join(", ") : "";
  const refused = stripHopByHop(fields, "server");
  if (refused !== undefined) return refused;
  if (upgrade !== "") {
    fields.add("Upgrade", upgrade);
    fields.add("Connection", "Upgrade");
  }
  return fields;
}
