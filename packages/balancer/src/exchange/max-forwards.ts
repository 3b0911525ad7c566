// Max-Forwards of OPTIONS (RFC 9110 §7.6.2): how many proxies may pass it on. TRACE, the other method it
// is about, is not forwarded at all; of other methods the field means nothing.
import type { RequestHead } from "@tandem/http";

/** Any length: a number nobody could count to is one still, and so is 0 written with twelve digits. */
const NUMBER = /^\d+$/;
/** What is passed on of a larger one. */
const MOST = 999_999_999;

/** Counts it down. False: the request may not be passed on, and is ours to answer. */
export function mayPassOn(head: RequestHead): boolean {
  if (head.method !== "OPTIONS") return true;
  const most = head.fields.get("max-forwards");
  if (most === undefined || !NUMBER.test(most)) return true;
  if (Number(most) === 0) return false;
  head.editableFields.set("Max-Forwards", String(Math.min(Number(most) - 1, MOST)));
  return true;
}
