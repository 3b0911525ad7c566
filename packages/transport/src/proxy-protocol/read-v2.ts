// Reads a header of version 2 (section 2.2): signature (12 bytes), version and command, family and transport, length
// (2 bytes), and then as many bytes as the length says: addresses, and TLVs.
import { addressText } from "./addresses.ts";
import { FIXED_BYTES, type ProxiedEnds, type Reading, V2_MAX_BYTES } from "./header.ts";
import { readTlvs } from "./tlvs.ts";

const LOCAL = 0;
const PROXY = 1;
const STREAM = 1;
/** How many bytes the two addresses have, with ports where there are any, by family: UNSPEC, INET, INET6, UNIX. */
const ADDRESS_BYTES = [0, 12, 36, 216] as const;
const MOST_TRANSPORT = 2;

/** Reads a header from bytes that begin with the signature. */
export function readV2(bytes: Buffer): Reading {
  if (bytes.length < FIXED_BYTES) return undefined;
  const [version, command] = nibbles(bytes[12] as number);
  const [family, transport] = nibbles(bytes[13] as number);
  const length = FIXED_BYTES + bytes.readUInt16BE(14);
  if (version !== 2) return `its version is ${version}, expected 2`;
  if (command > PROXY) return `its command is ${command}, expected LOCAL (0) or PROXY (1)`;
  if (length > V2_MAX_BYTES) return `it has ${length} bytes, and ${V2_MAX_BYTES} are allowed`;
  if (command === PROXY) {
    const size = ADDRESS_BYTES[family];
    if (size === undefined) return `its address family is ${family}, expected 0 to 3`;
    if (transport > MOST_TRANSPORT) return `its transport is ${transport}, expected 0 to 2`;
    if (length < FIXED_BYTES + size)
      return `its addresses need ${size} bytes, but its length is ${length - FIXED_BYTES}`;
  }
  if (bytes.length < length) return undefined;
  // The proxy's own connection. The protocol says that all that follows is discarded, the family included.
  if (command === LOCAL) return { length, ends: undefined, tlvs: {} };
  const tlvs = readTlvs(bytes.subarray(0, length), FIXED_BYTES + (ADDRESS_BYTES[family] ?? 0));
  if (typeof tlvs === "string") return tlvs;
  return { length, ends: transport === STREAM ? readEnds(bytes, family) : undefined, tlvs };
}

/** Returns the addresses of TCP. The addresses of other families are no use to Tandem. */
function readEnds(bytes: Buffer, family: number): ProxiedEnds | undefined {
  const size = family === 1 ? 4 : 16;
  if (family !== 1 && family !== 2) return undefined;
  const addressAt = (at: number): string => addressText(bytes.subarray(at, at + size));
  const ports = FIXED_BYTES + 2 * size;
  return {
    client: { address: addressAt(FIXED_BYTES), port: bytes.readUInt16BE(ports) },
    local: { address: addressAt(FIXED_BYTES + size), port: bytes.readUInt16BE(ports + 2) },
  };
}

function nibbles(byte: number): readonly [high: number, low: number] {
  return [byte >> 4, byte & 15];
}
