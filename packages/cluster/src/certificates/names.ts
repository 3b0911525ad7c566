// Finds the names that each certificate must contain. The names follow from the configuration file, which says how
// each process is reached.
import { isIP } from "node:net";
import type { Address, Config } from "@tandem/config";

/**
 * Returns the site's host name, the host name without a leading `www.`, and the names of the
 * loopback interface. With the loopback names the site can be tried on this machine.
 */
export function siteNames(site: string): readonly string[] {
  const apex = site.startsWith("www.") ? [site.slice(4)] : [];
  return unique([site, ...apex, "localhost", "127.0.0.1", "::1"]);
}

/**
 * Returns every name under which another process may reach a tier of `box`: the name of the box, the names added in
 * the file, the hosts that the box listens on, and the addresses of the servers with the name of the box.
 */
export function boxNames(config: Config, box: string): readonly string[] {
  const described = config.cluster.boxes[box];
  const binds = [described?.webserver?.bind, described?.appserver?.bind];
  const pools = [...Object.values(config.balancer?.backends ?? {}), config.webserver?.upstream];
  const servers = pools.map((pool) => pool?.servers[box]?.address);
  return unique([box, "localhost", ...(described?.names ?? []), ...hosts([...binds, ...servers])]);
}

/** Returns the hosts of the addresses. An address that means "every interface" names no host and is left out. */
function hosts(addresses: readonly (Address | undefined)[]): string[] {
  return addresses.flatMap((address) => {
    const host = address?.host;
    return host === undefined || host === "0.0.0.0" || host === "::" ? [] : [host];
  });
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => (isIP(name) === 0 ? name.toLowerCase() : name)))];
}
