// The client's address of a request that came through proxies. X-Forwarded-For grows to the right, each proxy adding
// the address it saw, so it is read from the right: past our own proxies, up to the first address that is none
// of them. What stands left of that the client may have written itself. nginx's `real_ip_recursive` and
// Express's `trust proxy` read it the same way.
import { isIPv4, isIPv6, SocketAddress } from "node:net";

const COMMA = 0x2c;
const PORT = /^:\d{1,5}$/;
const MAPPED = "::ffff:";

/**
 * The address of the client that connected to the outermost of our proxies: bare, in canonical form. `peer` is
 * the other end of the connection, `forwarded` the values of the X-Forwarded-For lines in their order. Where the
 * way back cannot be followed (`unknown`, a name, garbage) it ends at the last address that could be read.
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
      if (member === "") continue; // RFC 9110 §5.6.1: an empty member counts for nothing
      if (!trusts(found)) return found;
      const address = canonicalAddress(member);
      if (address === undefined) return found;
      found = address;
    }
  }
  return found;
}

/**
 * An IP address as X-Forwarded-For has it, with or without port and brackets, in the one form that is compared:
 * no port, IPv6 as RFC 5952 writes it and without a zone, `::ffff:192.0.2.1` as IPv4. Undefined when it is none.
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
