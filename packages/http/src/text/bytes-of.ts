// The bytes of a text, for scanning. Reading one character of a string takes three times as long as reading
// one byte of an array (3.7 and 1.4 ns; four bytes at a time 0.8), because the engine checks on every access
// how the string is stored. Copying the string into an array first costs 0.2 ns per character.

/**
 * How many zero bytes follow the text. Zero is in no character class, so a scan stops there without checking the
 * length.
 */
const STOP = 4;
const FIRST_SIZE = 4096;

let bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);

/** Returns the bytes of a Latin-1 text, followed by zeros that stop every scan. The next call overwrites them. */
export function bytesOf(text: string): Uint8Array {
  const end = text.length;
  if (end + STOP > bytes.length) bytes = Buffer.allocUnsafeSlow(2 * (end + STOP));
  bytes.write(text, 0, "latin1");
  for (let i = end; i < end + STOP; i++) bytes[i] = 0;
  return bytes;
}
