// Resolves names as every other program on this machine does: with getaddrinfo, which respects /etc/hosts,
// nsswitch.conf and the search domains of resolv.conf. getaddrinfo does not return the time to live of an answer, so
// the name servers are asked for the time to live. The name servers do not know a name that is only in /etc/hosts.
import { lookup, Resolver } from "node:dns/promises";
import type { Lookups } from "./name-resolver.ts";

/**
 * How long to wait for the time to live. The addresses are used at once, even when their time to live is not known yet.
 */
const TTL_TIMEOUT_MS = 2_000;

export const systemLookups: Lookups = {
  async addressesOf(name) {
    const found = await lookup(name, { all: true });
    return found.map(({ address }) => address);
  },

  async ttlMsOf(name) {
    // Each new Resolver reads resolv.conf again.
    const resolver = new Resolver({ timeout: TTL_TIMEOUT_MS, tries: 1 });
    const none = (): { readonly ttl: number }[] => [];
    const records = await Promise.all([
      resolver.resolve4(name, { ttl: true }).catch(none),
      resolver.resolve6(name, { ttl: true }).catch(none),
    ]);
    const all = records.flat();
    return all.length === 0 ? undefined : Math.min(...all.map(({ ttl }) => ttl)) * 1000;
  },
};
