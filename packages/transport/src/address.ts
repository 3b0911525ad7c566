// Addresses from the configuration: their text form for logs and messages, and the check whether an address is in a
// network.
import { BlockList, isIP } from "node:net";

export interface Address {
  /** Undefined = every address of this machine. */
  readonly host: string | undefined;
  readonly port: number;
}

/** Returns an address as text: `127.0.0.1:8080`, `[::1]:8080`, `*:8080`. */
export function formatAddress({ host, port }: Address): string {
  if (host === undefined) return `*:${port}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Returns an address without the IPv6 form of IPv4. The IPv4 peer of a dual-stack socket looks like
 * `::ffff:127.0.0.1`, but logs and rules need the plain `127.0.0.1`.
 */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return "";
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}

/**
 * Returns a function that says whether an address is in one of `entries`. An entry is an address, or a network such as
 * `10.0.0.0/8`. Throws when an entry is neither.
 */
export function networkMatcher(entries: readonly string[]): (address: string) => boolean {
  if (entries.length === 0) return () => false;
  const list = new BlockList();
  for (const entry of entries) {
    const [network = "", prefix] = entry.split("/");
    const version = isIP(network);
    if (version === 0) {
      throw new Error(`expected an address or a network such as 10.0.0.0/8, found "${entry}"`);
    }
    const family = version === 4 ? "ipv4" : "ipv6";
    if (prefix === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(prefix), family);
  }
  return (address) => list.check(address, address.includes(":") ? "ipv6" : "ipv4");
}
