// Reads the PROXY header at the beginning of a connection, of either version.
import { type Reading, SIGNATURE } from "./header.ts";
import { readV1 } from "./read-v1.ts";
import { readV2 } from "./read-v2.ts";

const WORD = Buffer.from("PROXY ", "latin1");

/**
 * Reads a PROXY header from the first bytes of a connection. Undefined = they may be the beginning of a header: call
 * again with more bytes. A text = they are no header, or a malformed one, and the text says why.
 */
export function readProxyHeader(bytes: Buffer): Reading {
  if (bytes.length === 0) return undefined;
  for (const [start, read] of [
    [SIGNATURE, readV2],
    [WORD, readV1],
  ] as const) {
    const common = Math.min(start.length, bytes.length);
    if (bytes.compare(start, 0, common, 0, common) !== 0) continue;
    return bytes.length < start.length ? undefined : read(bytes);
  }
  return "the connection does not begin with one";
}
