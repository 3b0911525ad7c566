// Max-Forwards of OPTIONS (RFC 9110 §7.6.2): how many proxies may pass the request on. The field also applies to TRACE,
// which is not forwarded at all. With other methods the field has no meaning.
import type { RequestHead } from "@tandem/http";

/** Matches a valid Max-Forwards, however many digits it has: more than a double can hold, or 0 as twelve digits. */
const NUMBER = /^\d+$/;
/** The largest number that is passed on. A larger number becomes this number. */
const MOST = 999_999_999;

/**
 * Lowers the number in the field by one. Returns false when the request may not be passed on, so that we have to
 * answer it.
 */
export function mayPassOn(head: RequestHead): boolean {
  if (head.method !== "OPTIONS") return true;
  const most = head.fields.get("max-forwards");
  if (most === undefined || !NUMBER.test(most)) return true;
  if (Number(most) === 0) return false;
  head.editableFields.set("Max-Forwards", String(Math.min(Number(most) - 1, MOST)));
  return true;
}
