// Jump consistent hash (Lamping & Veach, "A fast, minimal memory, consistent hash algorithm", 2014): no table,
// O(ln n), even. Minimal only when the last bucket comes or goes: a server that leaves from the middle of
// the names renumbers all after it.
import { mix32 } from "./murmur3.ts";
import type { PlacedServer, Placement } from "./placement.ts";
import { slotsOf } from "./slots.ts";

/** The low and the high half of the paper's multiplier, 2862933555777941757. */
const LOW = 0x87b0_b0fd;
const HIGH = 0x27bb_2ee6;
const TWO_31 = 2 ** 31;

/** The bucket of the 64-bit key `high`·2^32 + `low`, 0 to `buckets` - 1. */
export function jump(low: number, high: number, buckets: number): number {
  let lo = low >>> 0;
  let hi = high >>> 0;
  let bucket = 0;
  for (let next = 0; next < buckets; ) {
    bucket = next;
    hi = (Math.imul(hi, LOW) + Math.imul(lo, HIGH) + multiplyHigh(lo, LOW)) >>> 0;
    lo = (Math.imul(lo, LOW) + 1) >>> 0;
    if (lo === 0) hi = (hi + 1) >>> 0;
    next = Math.floor((bucket + 1) * (TWO_31 / ((hi >>> 1) + 1)));
  }
  return bucket;
}

/** The upper 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const [aLow, aHigh] = [a & 0xffff, a >>> 16];
  const [bLow, bHigh] = [b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle % 0x1_0000);
  return aHigh * bHigh + Math.floor(middle / 0x1_0000) + Math.floor(carry / 0x1_0000);
}

export class Jump implements Placement {
  #slots = new Int32Array(0);

  update(servers: readonly PlacedServer[]): void {
    this.#slots = slotsOf(servers);
  }

  at(key: number): number {
    // The paper's generator is linear: a key in the low half alone would leave its first jump to few bits.
    return this.#slots[jump(key, mix32(key), this.#slots.length)] ?? -1;
  }
}
