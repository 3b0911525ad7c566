// Reads the TLVs of a header of version 2: type (1 byte), length (2 bytes), value. A TLV that is understood must be
// well-formed. The checksum must be right where there is one.
import type { Told, ToldTls } from "../listener/told.ts";
import { crc32c } from "./crc32c.ts";
import { TLS_FLAG, TLV, UNIQUE_ID_MAX_BYTES } from "./header.ts";

/** The TLV `tls` as it begins: flags (1 byte), result of the verification (4 bytes). Its own TLVs follow. */
const TLS_FIXED_BYTES = 5;

interface Tlv {
  readonly type: number;
  /** Where the value begins in the header. */
  readonly at: number;
  readonly value: Buffer;
}

/** Reads the TLVs between `from` and the end of `header`. A text = they are malformed, and the text says how. */
export function readTlvs(header: Buffer, from: number): Told | string {
  const found = split(header, from);
  if (typeof found === "string") return found;
  const tlvs: { -readonly [Key in keyof Told]: Told[Key] } = {};
  let checked = false;
  for (const { type, at, value } of found) {
    if (type === TLV.checksum) {
      if (checked) return "it has two checksums";
      checked = true;
      const fault = checksumFault(header, at, value);
      if (fault !== undefined) return fault;
    } else if (type === TLV.alpn) tlvs.alpn = value.toString("latin1");
    else if (type === TLV.authority) tlvs.authority = value.toString();
    else if (type === TLV.uniqueId) {
      if (value.length > UNIQUE_ID_MAX_BYTES)
        return `its unique id has ${value.length} bytes, and ${UNIQUE_ID_MAX_BYTES} are allowed`;
      tlvs.uniqueId = value.toString("latin1");
    } else if (type === TLV.tls) {
      const tls = readTls(value);
      if (typeof tls === "string") return tls;
      tlvs.tls = tls;
    }
  }
  return tlvs;
}

function split(bytes: Buffer, from: number): readonly Tlv[] | string {
  const found: Tlv[] = [];
  for (let at = from; at < bytes.length; ) {
    const left = bytes.length - at;
    if (left < 3) return `its last ${left} bytes are too few for a TLV`;
    const type = bytes[at] as number;
    const length = bytes.readUInt16BE(at + 1);
    const end = at + 3 + length;
    if (end > bytes.length)
      return `its TLV ${hex(type)} has ${length} bytes, but only ${left - 3} are left`;
    found.push({ type, at: at + 3, value: bytes.subarray(at + 3, end) });
    at = end;
  }
  return found;
}

function checksumFault(header: Buffer, at: number, value: Buffer): string | undefined {
  if (value.length !== 4) return `its checksum has ${value.length} bytes, expected 4`;
  return value.readUInt32BE() === crc32c(header, at) ? undefined : "its checksum is wrong";
}

function readTls(value: Buffer): ToldTls | string {
  if (value.length < TLS_FIXED_BYTES)
    return `its TLS TLV has ${value.length} bytes, expected at least ${TLS_FIXED_BYTES}`;
  const inner = split(value, TLS_FIXED_BYTES);
  if (typeof inner === "string") return `in its TLS TLV: ${inner}`;
  const text = (wanted: number): string | undefined =>
    inner.find(({ type }) => type === wanted)?.value.toString();
  const flags = value[0] as number;
  const certificateNow = (flags & TLS_FLAG.certificateNow) !== 0;
  const certificate = certificateNow || (flags & TLS_FLAG.certificateInSession) !== 0;
  return {
    overTls: (flags & TLS_FLAG.overTls) !== 0,
    certificate,
    certificateNow,
    // Section 2.2.6: zero means verified only where a certificate was shown. HAProxy writes zero without one as well.
    verified: certificate && value.readUInt32BE(1) === 0,
    version: text(TLV.tlsVersion),
    cipher: text(TLV.tlsCipher),
    commonName: text(TLV.tlsCommonName),
  };
}

function hex(type: number): string {
  return `0x${type.toString(16).padStart(2, "0")}`;
}
