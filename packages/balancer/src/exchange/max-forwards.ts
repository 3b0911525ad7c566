// Max-Forwards of OPTIONS (RFC 9110 §7.6.2): how many proxies may pass it on. TRACE, the other method it
// is about, is not forwarded at all; of other methods the field means nothing.
import type { RequestHead } from "@tandem/http";

const NUMBER = /^\d{1,9}$/;

/** Counts it down. False: the request may not be passed on, and is ours to answer. */
export function mayPassOn(head: RequestHead): boolean {
  if (head.method !== "OPTIONS") return true;
  const most = head.fields.get("max-forwards");
  if (most === undefined || !NUMBER.test(most)) return true;
  if (Number(most) === 0) return false;
  head.editableFields.set("Max-Forwards", String(Number(most) - 1));
  return true;
}
