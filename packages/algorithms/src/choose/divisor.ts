// The number by which a server's load is divided when servers are compared. For a load that counts requests it is the
// weight. A load that is a latency times requests contains the server's speed already, and a weight usually says the
// same speed, so a division by it would count the speed twice: a server of half the speed and half the weight would be
// held for four times slower, which costs latency from about load .6 on (docs/decisions/0024-weights-of-latencies.md).
// So for such a load the weight is a limit. A server counts as slow as its latency or its weight says, whichever is
// slower, both relative to the best server compared:
//   cost = requests · max(latency / least latency, greatest weight / weight)
//        = load / min(weight · latency, greatest weight · least latency), times a number equal for all
// With equal weights the load alone decides.
import type { Load } from "../load/load.ts";
import type { PickServer } from "../picker.ts";

/** A latency that has faded to 0 counts as this, so that products of latencies stay above 0. */
const LEAST_LATENCY = 1e-120;

export class Divisor<S extends PickServer> {
  readonly #load: Load<S>;
  #least = Number.POSITIVE_INFINITY;
  #greatest = 0;
  /** For each server that `see` has taken, its latency, which is dearer to compute than to remember. */
  #latency = new Float64Array(0);
  /**
   * Whether the divisor depends on the servers compared. If so, a pick has to call `begin`, `see` and `of`. If not, the
   * divisor is the weight.
   */
  compares = false;

  constructor(load: Load<S>) {
    this.#load = load;
  }

  update(servers: readonly S[]): void {
    const equal = servers.every(({ weight }) => weight === servers[0]?.weight);
    this.compares = this.#load.latency !== undefined && !equal;
    this.#latency = new Float64Array(servers.length);
  }

  /** Begins a comparison. `see` then takes each server that is compared, and only after that `of` may be called. */
  begin(): void {
    this.#least = Number.POSITIVE_INFINITY;
    this.#greatest = 0;
  }

  see(index: number, { weight }: S): void {
    const latency = Math.max(LEAST_LATENCY, this.#load.latency?.(index) ?? 1);
    this.#latency[index] = latency;
    if (latency < this.#least) this.#least = latency;
    if (weight > this.#greatest) this.#greatest = weight;
  }

  /** Returns the divisor of a server that `see` has taken. */
  of(index: number, { weight }: S): number {
    return Math.min(weight * (this.#latency[index] ?? 1), this.#greatest * this.#least);
  }

  /**
   * Returns the cost of a server for people to look at, after `see` has taken all servers: requests per weight, or
   * requests × the latency that the server counts with.
   */
  cost(index: number, server: S): number {
    const load = this.#load.of(index, server);
    if (!this.compares) return load / server.weight;
    return (load / this.of(index, server)) * this.#greatest * this.#least;
  }
}
