// Names as every other program of this machine resolves them: getaddrinfo, which heeds /etc/hosts, nsswitch.conf and
// the search domains of resolv.conf. It does not tell how long an answer holds; that is asked of the
// name servers themselves, which know nothing of a name in /etc/hosts.
import { lookup, Resolver } from "node:dns/promises";
import type { Lookups } from "./name-resolver.ts";

/** How long the name servers may take to tell; no address waits for that. */
const TTL_TIMEOUT_MS = 2_000;

export const systemLookups: Lookups = {
  async addressesOf(name) {
    const found = await lookup(name, { all: true });
    return found.map(({ address }) => address);
  },

  async ttlMsOf(name) {
    // A new one each time reads resolv.conf anew.
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
