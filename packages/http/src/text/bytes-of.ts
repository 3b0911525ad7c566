// The bytes of a text, for scanning. Reading one character of a string takes three times as long as reading
// one byte of an array (3.7 and 1.4 ns), because the engine checks on every access how the string is stored.
// Copying the string into an array first costs 0.2 ns per character.
import { TEXT } from "./chars.ts";

/**
 * How many zero bytes follow the text. Zero is in no character class, so a scan stops there without checking the
 * length.
 */
const STOP = 4;
const FIRST_SIZE = 4096;

let bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
/** The memory of `bytes`, read as words of four bytes. */
let words = new Int32Array(bytes.buffer, bytes.byteOffset, FIRST_SIZE >> 2);

/** Returns the bytes of a Latin-1 text, followed by zeros that stop every scan. The next call overwrites them. */
export function bytesOf(text: string): Uint8Array {
  const end = text.length;
  if (end + STOP > bytes.length) grow(2 * (end + STOP));
  bytes.write(text, 0, "latin1");
  for (let i = end; i < end + STOP; i++) bytes[i] = 0;
  return bytes;
}

function grow(size: number): void {
  const whole = (size + 3) & ~3;
  bytes = Buffer.allocUnsafeSlow(whole);
  words = new Int32Array(bytes.buffer, bytes.byteOffset, whole >> 2);
}

/**
 * Returns the index of the first byte from `at` on that may not be in a field value (see TEXT), in the bytes that the
 * last call of `bytesOf` made. Four bytes of visible ASCII take one step; other bytes are looked up one by one.
 */
export function endOfText(at: number): number {
  const all = bytes;
  const four = words;
  let i = at;
  for (;;) {
    for (const aligned = (i + 3) & ~3; i < aligned; i++) if (TEXT[all[i] as number] !== 1) return i;
    let word = i >> 2;
    while (isVisible(four[word] as number)) word++;
    i = word << 2;
    for (const after = i + 4; i < after; i++) if (TEXT[all[i] as number] !== 1) return i;
  }
}

/**
 * Returns whether all four bytes of a word are in 0x20 to 0x7E. A byte is in that range when its
 * highest bit is 0 in three numbers: the byte, the byte minus 0x20, and the byte plus 1. The
 * expression tests this for four bytes at once. A borrow or carry comes only from a byte outside
 * that range, so the result is right for the word as a whole.
 */
function isVisible(word: number): boolean {
  return (((word - 0x20202020) | word | (word + 0x01010101)) & 0x80808080) === 0;
}
