// MurmurHash3_x86_32 (Austin Appleby, SMHasher, public domain) over a string's UTF-8 bytes, without
// allocating. This is the only hash function for the keys of requests, for the servers in hash
// tables, and for subsets. The hash gives no protection against attacks: a client that chooses its
// keys can send all of them to one server.

/** Returns an unsigned 32-bit hash of `text`. */
export function murmur3(text: string, seed = 0): number {
  let hash = seed;
  let block = 0;
  let shift = 0;
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    let bytes = text.charCodeAt(i);
    let count = 1;
    if (bytes >= 0x80) {
      const point = text.codePointAt(i) ?? 0;
      if (point > 0xffff) i += 1;
      bytes = utf8(point);
      count = point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
    }
    for (length += count; count > 0; count--, bytes >>>= 8) {
      block |= (bytes & 0xff) << shift;
      shift += 8;
      if (shift < 32) continue;
      hash ^= scramble(block);
      hash = (hash << 13) | (hash >>> 19);
      hash = (Math.imul(hash, 5) + 0xe654_6b64) | 0;
      block = 0;
      shift = 0;
    }
  }
  if (shift > 0) hash ^= scramble(block);
  return mix32(hash ^ length);
}

/**
 * Applies MurmurHash3's finalizer, in which each bit of the input affects all bits of the result.
 * Returns an unsigned 32-bit number.
 */
export function mix32(number: number): number {
  let h = number;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function scramble(block: number): number {
  const k = Math.imul(block, 0xcc9e_2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b87_3593);
}

/** Returns the UTF-8 bytes of a code point above 0x7f, the first byte in the lowest eight bits. */
function utf8(point: number): number {
  const last = 0x80 | (point & 0x3f);
  if (point < 0x800) return 0xc0 | (point >>> 6) | (last << 8);
  const middle = 0x80 | ((point >>> 6) & 0x3f);
  if (point < 0x1_0000) return 0xe0 | (point >>> 12) | (middle << 8) | (last << 16);
  const second = 0x80 | ((point >>> 12) & 0x3f);
  return 0xf0 | (point >>> 18) | (second << 8) | (middle << 16) | (last << 24);
}
