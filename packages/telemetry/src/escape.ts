// How text from clients is made safe for one log line. HAProxy's rule (manual, section 8.6): a byte
// that is not printable ASCII, or that the format itself uses, becomes `#` and two hex digits.

/** HAProxy's tune.http.logurilen: the log cuts a request line here, so that one client cannot bloat it. */
export const REQUEST_LINE_MAX = 1024;
export const CAPTURE_MAX = 256;

function unsafe(also: string): Uint8Array {
  const table = new Uint8Array(256).fill(1);
  table.fill(0, 0x20, 0x7f);
  for (const character of also) table[character.charCodeAt(0)] = 1;
  return table;
}

/** In a request line, as in HAProxy's `%{+Q}r`. */
export const REQUEST_UNSAFE = unsafe('"#');
/** In a captured header, as in HAProxy's `%hr`: braces and the separator too. */
export const CAPTURE_UNSAFE = unsafe('"#{|}');

const JSON_UNSAFE = /[^\x20-\x7e]|["\\]/;

/** A JSON string literal that is one line of ASCII-safe text. */
export function jsonString(text: string): string {
  return JSON_UNSAFE.test(text) ? ascii(JSON.stringify(text)) : `"${text}"`;
}

/** Some readers of lines take U+0085 or U+2028 for the end of a line. */
const ascii = (literal: string): string =>
  literal.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
