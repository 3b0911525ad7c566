// Looks at every server and picks the one with the least load per weight (divisor.ts). O(n) for n servers. Among
// servers with equal load, chance decides, in proportion to weight. If the lowest index won
// instead, independent balancers would all send to the same server. Loads per weight are compared
// by cross-multiplication, as in nginx, because that is exact and faster than a division.
import { isCandidate } from "../candidate.ts";
import { Dice } from "../dice.ts";
import type { Load } from "../load/load.ts";
import type { PickContext, PickerEnvironment, PickServer } from "../picker.ts";
import { ByLoad } from "./by-load.ts";

export class FullScan<S extends PickServer> extends ByLoad<S> {
  protected readonly dice: Dice;
  /**
   * The indices of the servers with the least load so far, during a pick. Only the first `count`
   * places are in use.
   */
  #equals = new Int32Array(0);

  constructor(environment: PickerEnvironment, load: Load<S>) {
    super(environment, load);
    this.dice = new Dice(environment.rng);
  }

  override update(servers: readonly S[]): void {
    super.update(servers);
    this.#equals = new Int32Array(servers.length);
  }

  override pick({ tried }: PickContext<S>): S | undefined {
    const { load, divisor } = this;
    const { compares } = divisor;
    const { servers } = this.index;
    const equals = this.#equals;
    let count = 0;
    let least = 0;
    let leastDivisor = 1;
    load.begin();
    if (compares) this.#seeCandidates(tried);
    for (let i = 0; i < servers.length; i++) {
      const server = servers[i];
      if (server === undefined || !isCandidate(server, tried)) continue;
      const own = compares ? divisor.of(i, server) : server.weight;
      const found = load.of(i, server);
      const mine = found * leastDivisor;
      const theirs = least * own;
      if (mine > theirs && count > 0) continue;
      if (mine < theirs) count = 0;
      equals[count++] = i;
      least = found;
      leastDivisor = own;
    }
    if (count > 1) return this.#oneOf(count);
    this.why = count === 0 ? "none" : "first-choice";
    return count === 0 ? undefined : servers[equals[0] ?? -1];
  }

  #seeCandidates(tried: readonly S[]): void {
    const { divisor } = this;
    const { servers } = this.index;
    divisor.begin();
    for (let i = 0; i < servers.length; i++) {
      const server = servers[i];
      if (server !== undefined && isCandidate(server, tried)) divisor.see(i, server);
    }
  }

  /**
   * Picks one of the `count` servers with the least load, at random by weight. Drawing one random
   * number here is faster than drawing one for each such server during the scan.
   */
  #oneOf(count: number): S | undefined {
    const { servers } = this.index;
    const equals = this.#equals;
    this.why = "tie";
    let total = 0;
    for (let i = 0; i < count; i++) total += servers[equals[i] ?? -1]?.weight ?? 0;
    let left = this.dice.share() * total;
    for (let i = 0; i < count; i++) {
      const server = servers[equals[i] ?? -1];
      left -= server?.weight ?? 0;
      if (left < 0) return server;
    }
    return servers[equals[count - 1] ?? -1];
  }
}
