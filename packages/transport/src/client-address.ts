// Finds the address of a client whose request came through proxies. Each proxy adds the address of its peer at the
// right end of X-Forwarded-For. So the field is read from the right, past the trusted proxies, to the first address
// that is not a trusted proxy's. Everything left of that address may have been written by the client itself. nginx's
// `real_ip_recursive` and Express's `trust proxy` read the field the same way.
import { isIPv4, isIPv6, SocketAddress } from "node:net";

const COMMA = 0x2c;
const PORT = /^:\d{1,5}$/;
const MAPPED = "::ffff:";

/**
 * Returns the address of the client that connected to the outermost trusted proxy, without port and in canonical form.
 * `peer` is the address of the connection's peer. `forwarded` has the values of the X-Forwarded-For lines in their
 * order. The search ends at a list element that is not an address (`unknown`, a name, garbage). The result is then the
 * last address that was read.
 */
export function clientAddress(
  peer: string,
  forwarded: readonly string[],
  trusts: (address: string) => boolean,
): string {
  let found = peer;
  for (let line = forwarded.length - 1; line >= 0; line--) {
    const text = forwarded[line] as string;
    let end = text.length;
    while (end >= 0) {
      let comma = end - 1;
      while (comma >= 0 && text.charCodeAt(comma) !== COMMA) comma--;
      const member = text.slice(comma + 1, end).trim();
      end = comma;
      if (member === "") continue; // RFC 9110 §5.6.1: an empty list element is ignored
      if (!trusts(found)) return found;
      const address = canonicalAddress(member);
      if (address === undefined) return found;
      found = address;
    }
  }
  return found;
}

/**
 * Returns the canonical form of an IP address in X-Forwarded-For, where the address may have a port and brackets. The
 * canonical form has no port. IPv6 is written as in RFC 5952 and without a zone, and `::ffff:192.0.2.1` becomes IPv4.
 * Undefined when the text is not an address.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (text.startsWith("[")) {
    const close = text.indexOf("]");
    const port = text.slice(close + 1);
    if (close < 0 || (port !== "" && !PORT.test(port))) return undefined;
    return canonicalIPv6(text.slice(1, close));
  }
  const colon = text.indexOf(":");
  if (colon !== text.lastIndexOf(":")) return canonicalIPv6(text);
  const host = text.slice(0, Math.max(colon, 0));
  return isIPv4(host) && PORT.test(text.slice(colon)) ? host : undefined;
}

function canonicalIPv6(text: string): string | undefined {
  if (!isIPv6(text)) return undefined;
  const { address } = new SocketAddress({ address: text, family: "ipv6" });
  const mapped = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : "";
  return isIPv4(mapped) ? mapped : address;
}
