// Takes the head of a request in the text of HTTP/1.1 apart into what HTTP/2 sends: pseudo-header fields, and fields with
// names in lower case, without those about an HTTP/1.1 connection (RFC 9113 §8.2.2, §8.3.1). A request with Upgrade becomes
// an extended CONNECT (RFC 8441 §4). The text is our own (serializer.ts), so nothing in it is checked again.
import { Fields } from "../message/fields.ts";
import type { RequestLine } from "./client-side.ts";

export interface TextRequest {
  readonly line: RequestLine;
  readonly fields: Fields;
}

/** The names of fields that are not sent. Host becomes `:authority`. */
const NOT_SENT = new Set(
  `connection host http2-settings keep-alive proxy-connection transfer-encoding upgrade`.split(" "),
);

/** How many names are remembered in lower case. Clients may invent names without end. */
const MOST_NAMES = 500;
const lowerCase = new Map<string, string>();

/** @param scheme the value of `:scheme` */
export function requestFromText(text: string, scheme: string): TextRequest {
  const lineEnd = text.indexOf("\r\n");
  const afterMethod = text.indexOf(" ");
  const method = text.slice(0, afterMethod);
  const path = text.slice(afterMethod + 1, text.lastIndexOf(" ", lineEnd));
  const fields = new Fields(text);
  let authority = "";
  let protocol: string | undefined;
  for (let at = lineEnd + 2; ; ) {
    const end = text.indexOf("\r\n", at);
    if (end <= at) break;
    const colon = text.indexOf(":", at);
    const key = lowered(text.slice(at, colon));
    const from = valueStart(text, colon + 1, end);
    const to = valueEnd(text, from, end);
    if (key === "host") authority = text.slice(from, to);
    else if (key === "upgrade") protocol = text.slice(from, to);
    if (!NOT_SENT.has(key)) fields.push(key, 0, at, from, to, end + 2);
    at = end + 2;
  }
  if (protocol === undefined) return { line: { method, scheme, authority, path }, fields };
  return { line: { method: "CONNECT", scheme, authority, path, protocol }, fields };
}

function lowered(name: string): string {
  const known = lowerCase.get(name);
  if (known !== undefined) return known;
  const key = name.toLowerCase();
  if (lowerCase.size < MOST_NAMES) lowerCase.set(name, key);
  return key;
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}

function valueStart(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(text, at)) at++;
  return at;
}

function valueEnd(text: string, from: number, end: number): number {
  let at = end;
  while (at > from && isBlank(text, at - 1)) at--;
  return at;
}
