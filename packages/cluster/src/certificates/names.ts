// Which names each certificate must carry, read from the one file that says who is reached how.
import { isIP } from "node:net";
import type { Address, Config } from "@tandem/config";

/** The site, its apex or `www.` sibling, and this machine for a first look. */
export function siteNames(site: string): readonly string[] {
  const apex = site.startsWith("www.") ? [site.slice(4)] : [];
  return unique([site, ...apex, "localhost", "127.0.0.1", "::1"]);
}

/**
 * Every name under which another process may reach a tier of `box`: its own, those the file adds,
 * the hosts it listens on, and the addresses of the servers that carry its name.
 */
export function boxNames(config: Config, box: string): readonly string[] {
  const described = config.cluster.boxes[box];
  const binds = [described?.webserver?.bind, described?.appserver?.bind];
  const pools = [...Object.values(config.balancer?.backends ?? {}), config.webserver?.upstream];
  const servers = pools.map((pool) => pool?.servers[box]?.address);
  return unique([box, "localhost", ...(described?.names ?? []), ...hosts([...binds, ...servers])]);
}

/** Addresses that mean "every interface" name nobody. */
function hosts(addresses: readonly (Address | undefined)[]): string[] {
  return addresses.flatMap((address) => {
    const host = address?.host;
    return host === undefined || host === "0.0.0.0" || host === "::" ? [] : [host];
  });
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => (isIP(name) === 0 ? name.toLowerCase() : name)))];
}
