// How text from clients is made safe for one log line. HAProxy's rule (manual, section 8.6): a byte
// that is not printable ASCII, or that the format itself uses, becomes `#` and two hex digits.
// Bargain: a regular expression test first, because almost every string needs nothing.

/** HAProxy's tune.http.logurilen: a request line is cut here, so one client cannot bloat the log. */
const REQUEST_LINE_MAX = 1024;
const CAPTURE_MAX = 256;

const REQUEST_UNSAFE = /[^\x20-\x7e]|["#]/;
const CAPTURE_UNSAFE = /[^\x20-\x7e]|["#{|}]/;
const JSON_UNSAFE = /[^\x20-\x7e]|["\\]/;

/** Escapes a request line as HAProxy's `%{+Q}r` does. */
export function escapeRequestLine(text: string): string {
  return escapeUnsafe(text, REQUEST_UNSAFE, REQUEST_LINE_MAX);
}

/** Escapes a captured header as HAProxy's `%hr` does: braces and the separator too. */
export function escapeCapture(text: string): string {
  return escapeUnsafe(text, CAPTURE_UNSAFE, CAPTURE_MAX);
}

/** A JSON string literal that is one line of ASCII-safe text. */
export function jsonString(text: string): string {
  return JSON_UNSAFE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function escapeUnsafe(text: string, unsafe: RegExp, max: number): string {
  const cut = text.length > max ? text.slice(0, max) : text;
  if (!unsafe.test(cut)) return cut;
  let escaped = "";
  for (const character of cut) {
    escaped += unsafe.test(character) ? hexOf(character) : character;
  }
  return escaped;
}

/** Heads are read as latin1, where a character is a byte; anything beyond is shown as its UTF-8. */
function hexOf(character: string): string {
  const code = character.charCodeAt(0);
  const bytes = character.length === 1 && code <= 0xff ? [code] : Buffer.from(character);
  let text = "";
  for (const byte of bytes) text += `#${byte < 16 ? "0" : ""}${byte.toString(16).toUpperCase()}`;
  return text;
}
