// Which of many servers one of many balancers uses, so that not everyone connects to everyone.
// Deterministic: "Site Reliability Engineering" (Google, 2016), chapter 20; even to the connection, but clients
// must be numbered densely, and a change moves many. Rendezvous: gRPC proposal A68; random, and a change
// moves at most one server of a client.
import { mix32, murmur3 } from "@tandem/algorithms";

/** The servers of client number `client`, `size` of them. Clients of one round share all servers out. */
export function deterministicSubset<S>(servers: readonly S[], client: number, size: number): S[] {
  if (size >= servers.length) return [...servers];
  const subsets = Math.floor(servers.length / size);
  const round = Math.floor(client / subsets);
  const start = (client % subsets) * size;
  return shuffled(servers, round).slice(start, start + size);
}

/** The `size` servers that draw the lowest numbers for `salt`, a string of the client's own. */
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

/** Fisher-Yates with the numbers of a counter mixed from `seed`: all clients of a round agree. */
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
