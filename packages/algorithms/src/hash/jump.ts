// Jump consistent hash (Lamping & Veach, "A fast, minimal memory, consistent hash algorithm",
// 2014). A pick takes O(ln n) for n servers, and the shares are even. When the last server of the
// list is added or removed, as few keys as possible move. When another server leaves, all servers
// after it get new buckets, so many of their keys move.
import { mix32 } from "./murmur3.ts";
import type { PlacedServer, Placement } from "./placement.ts";
import { slotsOf } from "./slots.ts";

/** The lower and the upper half of the paper's multiplier, 2862933555777941757. */
const LOW = 0x87b0_b0fd;
const HIGH = 0x27bb_2ee6;
const TWO_31 = 2 ** 31;

/** Returns the bucket of the 64-bit key `high`·2^32 + `low`, from 0 to `buckets` - 1. */
export function jump(low: number, high: number, buckets: number): number {
  // The halves are signed, because V8 would allocate memory for an unsigned half above 2^31 when it
  // is passed to a function.
  let lo = low | 0;
  let hi = high | 0;
  let bucket = 0;
  for (let next = 0; next < buckets; ) {
    bucket = next;
    hi = (Math.imul(hi, LOW) + Math.imul(lo, HIGH) + multiplyHigh(lo)) | 0;
    lo = (Math.imul(lo, LOW) + 1) | 0;
    if (lo === 0) hi = (hi + 1) | 0;
    next = Math.floor((bucket + 1) * (TWO_31 / ((hi >>> 1) + 1)));
  }
  return bucket;
}

/** Returns the upper 32 bits of `number` · LOW, both unsigned. */
function multiplyHigh(number: number): number {
  const low = number & 0xffff;
  const high = number >>> 16;
  // Multiplies halves of 16 bits. No product or sum here is above 2^48, so all are exact.
  const middle = high * (LOW & 0xffff) + ((low * (LOW & 0xffff)) >>> 16);
  const carry = low * (LOW >>> 16) + (middle & 0xffff);
  return (high * (LOW >>> 16) + (middle >>> 16) + (carry >>> 16)) | 0;
}

export class Jump implements Placement {
  #slots = new Int32Array(0);

  update(servers: readonly PlacedServer[]): void {
    this.#slots = slotsOf(servers);
  }

  at(key: number): number {
    // The upper half of the 64-bit key is a hash of the lower half. The paper's generator is
    // linear, so with an upper half of 0 the first jump would depend on only a few bits.
    return this.#slots[jump(key, mix32(key), this.#slots.length)] ?? -1;
  }
}
