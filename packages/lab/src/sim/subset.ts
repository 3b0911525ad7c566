// Which servers a balancer uses at all, where every balancer using every server would be too many
// connections: the SRE book's deterministic rounds (chapter 20), or rendezvous with a salt (gRPC A68).
import { mix, Stream } from "./stream.ts";

export interface SubsetOptions {
  readonly method: "random" | "rounds";
  readonly size: number;
}

export function chooseSubset(
  { method, size }: SubsetOptions,
  servers: number,
  balancer: number,
  seed: number,
): ReadonlySet<number> {
  const all = Array.from({ length: servers }, (_, server) => server);
  if (size >= servers) return new Set(all);
  if (method === "rounds") return rounds(all, size, balancer, seed);
  const salt = new Stream(seed, `subset ${balancer}`).bits();
  const score = (server: number) => mix(mix(server + 1) ^ salt) >>> 0;
  return new Set(all.sort((a, b) => score(a) - score(b)).slice(0, size));
}

/** Each round of balancers shares out one shuffle of all servers, so every server is used equally often. */
function rounds(all: number[], size: number, balancer: number, seed: number): ReadonlySet<number> {
  const subsets = Math.floor(all.length / size);
  const stream = new Stream(seed, `round ${Math.floor(balancer / subsets)}`);
  for (let i = all.length - 1; i > 0; i--) {
    const other = stream.below(i + 1);
    [all[i], all[other]] = [all[other] as number, all[i] as number];
  }
  const first = (balancer % subsets) * size;
  return new Set(all.slice(first, first + size));
}
