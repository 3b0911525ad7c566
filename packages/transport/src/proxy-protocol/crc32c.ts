// CRC-32C (Castagnoli, RFC 3720 appendix B.4), the checksum of headers of version 2. Node's zlib has only the CRC-32 of
// gzip, which uses another polynomial.

const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** Returns the checksum of `bytes` as if the four bytes at `blank` were zero, since the checksum itself stands there. */
export function crc32c(bytes: Uint8Array, blank = bytes.length): number {
  let crc = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) {
    const byte = at >= blank && at < blank + 4 ? 0 : (bytes[at] as number);
    crc = (TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
