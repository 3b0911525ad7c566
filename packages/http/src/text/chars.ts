// Character classes as tables (RFC 9110 5.6, RFC 3986 2): one look-up says whether a byte is in a class.
// Latin-1 text has no code above 255, so the look-ups need no range check.

function table(members: string, ...ranges: readonly (readonly [number, number])[]): Uint8Array {
  const classes = new Uint8Array(256);
  for (const character of members) classes[character.charCodeAt(0)] = 1;
  for (const [first, last] of ranges) classes.fill(1, first, last + 1);
  return classes;
}

const DIGITS = [0x30, 0x39] as const;
const UPPER = [0x41, 0x5a] as const;
const LOWER_CASE = [0x61, 0x7a] as const;

/** RFC 9110 5.6.2: the characters of methods, field names and connection options. */
export const TOKEN = table("!#$%&'*+-.^_`|~", DIGITS, UPPER, LOWER_CASE);

/** Field values and reason phrases: HTAB, SP, visible characters and obs-text. */
export const TEXT = table("\t", [0x20, 0x7e], [0x80, 0xff]);

/**
 * RFC 3986 2.3: a character of this class means the same when it is percent-encoded, so the normal form of a path has
 * it unencoded.
 */
export const UNRESERVED = table("-._~", DIGITS, UPPER, LOWER_CASE);

/** RFC 3986 3.2.2 `reg-name`, except the percent sign, which needs two digits after it and is checked separately. */
export const REG_NAME = table("-._~!$&'()*+,;=", DIGITS, UPPER, LOWER_CASE);

/**
 * The characters of the path in a request target: visible ASCII without the fragment mark and without the backslash,
 * which some servers read as a slash. The table allows `"<>[]^{|}` and the backtick, which RFC 3986 does not allow,
 * because browsers send them unencoded.
 */
export const PATH = table("", [0x21, 0x7e]);
PATH[0x23] = 0;
PATH[0x5c] = 0;

/**
 * The characters of the query: the characters of the path, and the backslash, which browsers do not encode in a query.
 */
export const QUERY = table("", [0x21, 0x7e]);
QUERY[0x23] = 0;

/** Maps every character code to the code of its lower-case letter. */
export const LOWER = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 0x41 && code <= 0x5a ? code + 0x20 : code,
);

/** Maps the code of a hexadecimal digit to its value, and every other code to 255. */
export const HEX = new Uint8Array(256).fill(255);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  HEX[digit.charCodeAt(0)] = value;
  HEX[digit.toUpperCase().charCodeAt(0)] = value;
}

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COLON = 0x3a;

export function isBlank(code: number): boolean {
  return code === SP || code === HTAB;
}

/**
 * Returns the text without the spaces and tabs around it. `trim` would also remove a no-break space and a vertical tab.
 */
export function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

/** Returns whether a string is not empty and all its characters are in a class. */
export function isAll(classes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (classes[text.charCodeAt(i)] !== 1) return false;
  }
  return text.length > 0;
}
