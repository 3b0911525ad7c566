// Puts text and numbers down as bytes. Each function writes from `at` on and returns where the next one
// goes on; the caller has made sure of the room. Small functions over local variables on purpose: the
// engine inlines them into their caller, and an access line costs 430 ns where the same steps as methods
// of a buffer object cost 700, and concatenating and encoding a string 680.

const ZERO = 0x30;
const MINUS = 0x2d;
const HASH = 0x23;
const HEX = Buffer.from("0123456789ABCDEF");

/** Bytes that one character can become at most, in `putText` and in `putEscaped`. */
export const MOST_PER_CHARACTER = 9;

/** From here on text is encoded as a whole first. */
const LONG = 32;

/** Text of ASCII only: configured names, addresses, words of our own. Anything else comes out as UTF-8. */
export function putText(bytes: Buffer, at: number, text: string): number {
  let all = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    all |= code;
    bytes[at + i] = code;
  }
  return all > 0x7f ? at + bytes.write(text, at, "utf8") : at + text.length;
}

/** A whole number in decimal. */
export function putNumber(bytes: Buffer, at: number, value: number): number {
  if (value >= 0 && value < 10) {
    bytes[at] = ZERO + value;
    return at + 1;
  }
  if (value >= 10 && value < 100) {
    const tens = (value / 10) | 0;
    bytes[at] = ZERO + tens;
    bytes[at + 1] = ZERO + value - tens * 10;
    return at + 2;
  }
  return putLargeNumber(bytes, at, value);
}

function putLargeNumber(bytes: Buffer, at: number, value: number): number {
  if (!(Math.abs(value) < 1e9)) return putText(bytes, at, String(value));
  let start = at;
  let rest = value;
  if (rest < 0) {
    bytes[start++] = MINUS;
    rest = -rest;
  }
  let digits = 1;
  for (let bound = 10; rest >= bound; bound *= 10) digits++;
  for (let i = start + digits - 1; i >= start; i--) {
    const quotient = (rest / 10) | 0;
    bytes[i] = ZERO + rest - quotient * 10;
    rest = quotient;
  }
  return start + digits;
}

/**
 * Text in which every byte that `unsafe` marks becomes `#` and two hex digits; cut after `most`
 * characters. A character up to 0xff is one byte (heads are read so), beyond it is shown as its UTF-8.
 */
export function putEscaped(
  bytes: Buffer,
  at: number,
  text: string,
  unsafe: Uint8Array,
  most: number,
): number {
  const end = Math.min(text.length, most);
  if (end >= LONG)
    return putLongEscaped(bytes, at, end < text.length ? text.slice(0, end) : text, unsafe);
  // Nearly every text needs nothing: it is put down as it is, and judged once at the end.
  let odd = 0;
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    odd |= (code >> 8) | (unsafe[code & 0xff] as number);
    bytes[at + i] = code;
  }
  return odd === 0 ? at + end : putCarefully(bytes, at, text, end, unsafe);
}

/** Encoded in one go, then looked at as bytes: 70 characters take half as long as one by one. */
function putLongEscaped(bytes: Buffer, at: number, text: string, unsafe: Uint8Array): number {
  const end = at + bytes.write(text, at, "utf8");
  let odd = end - at - text.length; // not 0 when there is more than ASCII
  for (let i = at; i < end; i++) odd |= unsafe[bytes[i] as number] as number;
  return odd === 0 ? end : putCarefully(bytes, at, text, text.length, unsafe);
}

function putCarefully(
  bytes: Buffer,
  at: number,
  text: string,
  end: number,
  unsafe: Uint8Array,
): number {
  let next = at;
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff || unsafe[code] === 1) next = putUnsafe(bytes, next, text, i, end, unsafe);
    else bytes[next++] = code;
  }
  return next;
}

function putUnsafe(
  bytes: Buffer,
  at: number,
  text: string,
  index: number,
  end: number,
  unsafe: Uint8Array,
): number {
  const code = text.charCodeAt(index);
  if (code <= 0xff) {
    bytes[at] = HASH;
    bytes[at + 1] = HEX[code >> 4] as number;
    bytes[at + 2] = HEX[code & 15] as number;
    return at + 3;
  }
  const point = text.codePointAt(index) ?? 0;
  if (point <= 0xffff && point >= 0xdc00 && point <= 0xdfff && index > 0) {
    const high = text.charCodeAt(index - 1);
    if (high >= 0xd800 && high <= 0xdbff) return at; // written with its first half
  }
  const character = index + 1 < end || point <= 0xffff ? String.fromCodePoint(point) : "\ufffd";
  let next = at;
  for (const byte of Buffer.from(character)) {
    next = putEscaped(bytes, next, String.fromCharCode(byte), unsafe, 1);
  }
  return next;
}
