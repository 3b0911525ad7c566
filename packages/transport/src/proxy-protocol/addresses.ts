// IP addresses as the bytes of a header of version 2, and as text.
import { isIPv4 } from "node:net";
import { canonicalAddress } from "../client-address.ts";

/** Returns the text of an address of 4 or 16 bytes, in canonical form. `::ffff:192.0.2.1` becomes IPv4. */
export function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, group) =>
    bytes.readUInt16BE(group * 2).toString(16),
  );
  return canonicalAddress(groups.join(":")) ?? "";
}

/** Returns the 4 bytes of an IPv4 address. */
export function ipv4Bytes(address: string): number[] {
  return address.split(".").map(Number);
}

/** Returns the 16 bytes of an IPv6 address, or of an IPv4 address in its form for IPv6 (`::ffff:192.0.2.1`). */
export function ipv6Bytes(address: string): number[] {
  if (isIPv4(address)) return [...Array<number>(10).fill(0), 0xff, 0xff, ...ipv4Bytes(address)];
  const [before = "", after] = address.split("::");
  const head = groupBytes(before);
  const tail = groupBytes(after ?? "");
  return [...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

function groupBytes(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return ipv4Bytes(group);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
