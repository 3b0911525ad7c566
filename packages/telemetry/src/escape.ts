// Makes text from clients safe for one log line. The rule is HAProxy's (manual, section 8.6): a byte that is not
// printable ASCII, or that has a meaning in the format, becomes `#` and two hex digits.

/** The longest request line in the log (HAProxy's tune.http.logurilen). It is cut here, so that no client bloats the log. */
export const REQUEST_LINE_MAX = 1024;
export const CAPTURE_MAX = 256;

function unsafe(also: string): Uint8Array {
  const table = new Uint8Array(256).fill(1);
  table.fill(0, 0x20, 0x7f);
  for (const character of also) table[character.charCodeAt(0)] = 1;
  return table;
}

/** The bytes that are escaped in a request line, as in HAProxy's `%{+Q}r`. */
export const REQUEST_UNSAFE = unsafe('"#');
/** The bytes that are escaped in a captured header, as in HAProxy's `%hr`: braces and the separator too. */
export const CAPTURE_UNSAFE = unsafe('"#{|}');

const JSON_UNSAFE = /[^\x20-\x7e]|["\\]/;

/** Returns `text` as a JSON string literal on one line, in ASCII only. */
export function jsonString(text: string): string {
  return JSON_UNSAFE.test(text) ? ascii(JSON.stringify(text)) : `"${text}"`;
}

/** Escapes characters beyond ASCII, because some readers take U+0085 or U+2028 for the end of a line. */
const ascii = (literal: string): string =>
  literal.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
