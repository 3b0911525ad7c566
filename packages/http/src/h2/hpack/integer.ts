// Integers of HPACK (RFC 7541 §5.1). A value that fits into the prefix takes the rest of one byte; a longer one
// continues with seven bits in each further byte.
import type { WireBuffer } from "../wire-buffer.ts";

/** Values beyond this are refused. No length or index in a block within our limits comes near it. */
const MOST = 2 ** 28 - 1;
const MOST_BYTES = 5;

/** An integer and where it ends. Reused for each call, so that reading allocates nothing. */
export const integer = { value: 0, next: 0 };

/**
 * Reads an integer whose first byte is at `at`, with a prefix of `bits` bits. Returns false when it is invalid; else
 * the result is in `integer` until the next call.
 */
export function readInteger(bytes: Buffer, at: number, end: number, bits: number): boolean {
  const prefix = (1 << bits) - 1;
  let value = (bytes[at] as number) & prefix;
  let next = at + 1;
  if (value === prefix) {
    let shift = 0;
    for (;;) {
      if (next >= end || next - at > MOST_BYTES) return false;
      const byte = bytes[next++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      if (value > MOST) return false;
      if (byte < 0x80) break;
    }
  }
  integer.value = value;
  integer.next = next;
  return true;
}

/** Writes an integer with a prefix of `bits` bits. `first` has the bits before the prefix. */
export function writeInteger(out: WireBuffer, first: number, bits: number, value: number): void {
  out.reserve(MOST_BYTES + 1);
  const prefix = (1 << bits) - 1;
  if (value < prefix) {
    out.u8(first | value);
    return;
  }
  out.u8(first | prefix);
  let rest = value - prefix;
  for (; rest >= 0x80; rest >>>= 7) out.u8((rest & 0x7f) | 0x80);
  out.u8(rest);
}
