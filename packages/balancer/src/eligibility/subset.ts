// With many balancers and many servers each balancer uses only a subset of the servers, so that not
// every balancer connects to every server. There are two methods; in both, a balancer is called a
// client. Deterministic: "Site Reliability Engineering" (Google, 2016), chapter 20. Every server
// gets the same number of clients, but clients must be numbered without gaps, and a change of the
// list changes many subsets. Rendezvous: gRPC proposal A68. Subsets are random, and a change of the
// list changes at most one server of a client.
import { mix32, murmur3 } from "@tandem/algorithms";

/**
 * Returns the `size` servers of client number `client`. Successive clients form rounds: the clients
 * of one round divide all servers among them. With 12 servers and `size` 3, the clients 0 to 3 form
 * the first round.
 */
export function deterministicSubset<S>(servers: readonly S[], client: number, size: number): S[] {
  if (size >= servers.length) return [...servers];
  const subsets = Math.floor(servers.length / size);
  const round = Math.floor(client / subsets);
  const start = (client % subsets) * size;
  return shuffled(servers, round).slice(start, start + size);
}

/** Returns the `size` servers with the lowest hashes of name and `salt`. Each client has a salt of its own. */
export function rendezvousSubset<S extends { readonly name: string }>(
  servers: readonly S[],
  salt: string,
  size: number,
): S[] {
  return servers
    .map((server) => ({ server, drawn: murmur3(server.name + salt) }))
    .sort((a, b) => a.drawn - b.drawn || (a.server.name < b.server.name ? -1 : 1))
    .slice(0, size)
    .map(({ server }) => server);
}

/**
 * Returns the list in an order that depends on `seed` alone (Fisher-Yates), so that all clients of a round get the
 * same order.
 */
function shuffled<S>(list: readonly S[], seed: number): S[] {
  const order = [...list];
  for (let i = order.length - 1; i > 0; i--) {
    const other = Math.floor((mix32(mix32(seed + 1) + i) / 2 ** 32) * (i + 1));
    const [a, b] = [order[i], order[other]];
    if (a === undefined || b === undefined) continue;
    order[i] = b;
    order[other] = a;
  }
  return order;
}
