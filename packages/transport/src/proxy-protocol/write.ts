// Writes PROXY headers, for connections to servers that expect one.
import { isIP, isIPv4 } from "node:net";
import type { Told, ToldTls } from "../listener/told.ts";
import { ipv4Bytes, ipv6Bytes } from "./addresses.ts";
import { crc32c } from "./crc32c.ts";
import {
  FIXED_BYTES,
  type ProxiedEnds,
  type ProxyVersion,
  SIGNATURE,
  TLS_FLAG,
  TLV,
  UNIQUE_ID_MAX_BYTES,
} from "./header.ts";

const [LOCAL, PROXY] = [0x20, 0x21];
const [UNSPEC, TCP4, TCP6] = [0x00, 0x11, 0x21];

/** The TLVs to write; version 1 has none. */
export interface WrittenTlvs extends Told {
  /** Whether a checksum of the header is added. */
  readonly checksum?: boolean | undefined;
}

/**
 * Returns the header of a connection that carries the bytes of a client. When an end is not an IP address, the header
 * says that the addresses are unknown.
 */
export function proxyHeader(version: ProxyVersion, ends: ProxiedEnds, tlvs: WrittenTlvs): Buffer {
  const { client, local } = ends;
  const known = isIP(client.address) !== 0 && isIP(local.address) !== 0;
  const both4 = isIPv4(client.address) && isIPv4(local.address);
  if (version === "v1") {
    if (!known) return ownHeader("v1");
    const [source, destination] = both4
      ? [client.address, local.address]
      : [client.address, local.address].map(asIPv6);
    const family = both4 ? "TCP4" : "TCP6";
    return Buffer.from(
      `PROXY ${family} ${source} ${destination} ${client.port} ${local.port}\r\n`,
      "latin1",
    );
  }
  if (!known) return version2(PROXY, UNSPEC, [], tlvs);
  const bytesOf = both4 ? ipv4Bytes : ipv6Bytes;
  const addresses = [...bytesOf(client.address), ...bytesOf(local.address)];
  const ports = [client.port, local.port].flatMap((port) => [port >> 8, port & 0xff]);
  return version2(PROXY, both4 ? TCP4 : TCP6, [...addresses, ...ports], tlvs);
}

/** Returns the header of a connection of our own, such as a health check: LOCAL in version 2, UNKNOWN in version 1. */
export function ownHeader(version: ProxyVersion): Buffer {
  if (version === "v1") return Buffer.from("PROXY UNKNOWN\r\n", "latin1");
  return version2(LOCAL, UNSPEC, [], {});
}

function version2(
  command: number,
  family: number,
  addresses: readonly number[],
  tlvs: WrittenTlvs,
): Buffer {
  const values = tlvBytes(tlvs);
  const sum = tlvs.checksum === true ? tlv(TLV.checksum, Buffer.alloc(4)) : Buffer.alloc(0);
  const fixed = Buffer.from([...SIGNATURE, command, family, 0, 0]);
  const header = Buffer.concat([fixed, Buffer.from(addresses), values, sum]);
  header.writeUInt16BE(header.length - FIXED_BYTES, FIXED_BYTES - 2);
  if (sum.length > 0) header.writeUInt32BE(crc32c(header), header.length - 4);
  return header;
}

function tlvBytes({ alpn, authority, uniqueId, tls }: Told): Buffer {
  return Buffer.concat([
    ...text(TLV.alpn, alpn, "latin1"),
    ...text(TLV.authority, authority),
    ...text(TLV.uniqueId, uniqueId?.slice(0, UNIQUE_ID_MAX_BYTES), "latin1"),
    ...(tls === undefined ? [] : [tlv(TLV.tls, tlsBytes(tls))]),
  ]);
}

function tlsBytes({ overTls, certificate, certificateNow, verified, ...texts }: ToldTls): Buffer {
  const flags =
    (overTls ? TLS_FLAG.overTls : 0) |
    (certificateNow ? TLS_FLAG.certificateNow : 0) |
    (certificate ? TLS_FLAG.certificateInSession : 0);
  return Buffer.concat([
    Buffer.from([flags, 0, 0, 0, certificate && verified ? 0 : 1]),
    ...text(TLV.tlsVersion, texts.version),
    ...text(TLV.tlsCommonName, texts.commonName),
    ...text(TLV.tlsCipher, texts.cipher),
  ]);
}

function text(
  type: number,
  value: string | undefined,
  encoding: BufferEncoding = "utf8",
): readonly Buffer[] {
  return value === undefined ? [] : [tlv(type, Buffer.from(value, encoding))];
}

function tlv(type: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type, value.length >> 8, value.length & 0xff]), value]);
}

function asIPv6(address: string): string {
  return isIPv4(address) ? `::ffff:${address}` : address;
}
