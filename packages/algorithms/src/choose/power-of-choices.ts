// Draws d distinct servers by weight and picks the one with the least load per weight
// (Mitzenmacher, "The power of two choices in randomized load balancing", 2001). O(d). Of n
// servers, one that wrongly looks idle gets at most d/n of the traffic; with a full scan it would
// get all of the traffic. A draw fails when the drawn server is full, down, tried or drawn before.
// After 20 failed draws the pick looks at all servers, as nginx's `random two` does.
import { isCandidate } from "../candidate.ts";
import type { Load } from "../load/load.ts";
import type { PickContext, PickerEnvironment, PickServer } from "../picker.ts";
import { FullScan } from "./full-scan.ts";
import { WeightedDraw } from "./weighted-draw.ts";

const IN_VAIN = 20;

export class PowerOfChoices<S extends PickServer> extends FullScan<S> {
  readonly #draws: number;
  readonly #draw: WeightedDraw;
  readonly #drawn: Int32Array;

  /** With `draws` 0, a pick looks at all servers. */
  constructor(environment: PickerEnvironment, load: Load<S>, draws: number) {
    super(environment, load);
    this.#draws = draws === 0 ? Number.POSITIVE_INFINITY : draws;
    this.#drawn = new Int32Array(draws);
    this.#draw = new WeightedDraw(this.dice);
  }

  protected override get serversCompared(): number {
    return Number.isFinite(this.#draws) ? this.#draws : 0;
  }

  override update(servers: readonly S[]): void {
    super.update(servers);
    this.#draw.update(servers.map((server) => server.weight));
  }

  override pick(context: PickContext<S>): S | undefined {
    const { servers } = this.index;
    // With `draws` 1 a pick is random by weight alone and never compares loads, so it makes no full
    // scan even when there is only one server.
    if (this.#draws >= servers.length && this.#draws > 1) return super.pick(context);
    return this.#drawAll(context.tried) ? this.#leastOfDrawn() : this.#lookAtAll(context);
  }

  /** Draws the servers to compare. Returns false when too many draws were in vain. */
  #drawAll(tried: readonly S[]): boolean {
    const { servers } = this.index;
    let inVain = 0;
    for (let count = 0; count < this.#draws; ) {
      const index = this.#draw.draw();
      const server = servers[index];
      if (server !== undefined && !this.#has(index, count) && isCandidate(server, tried))
        this.#drawn[count++] = index;
      else if (++inVain === IN_VAIN) return false;
    }
    return true;
  }

  #leastOfDrawn(): S | undefined {
    const { load, divisor } = this;
    const { compares } = divisor;
    const { servers } = this.index;
    const drawn = this.#drawn;
    let best: S | undefined;
    let least = 0;
    let bestDivisor = 1;
    this.why = "first-choice";
    load.begin();
    if (compares) this.#seeDrawn();
    for (let place = 0; place < drawn.length; place++) {
      const index = drawn[place] ?? -1;
      const server = servers[index];
      if (server === undefined) continue;
      const own = compares ? divisor.of(index, server) : server.weight;
      const found = load.of(index, server);
      const mine = found * bestDivisor;
      const theirs = least * own;
      if (mine === theirs && best !== undefined) this.why = "tie";
      if (mine >= theirs && best !== undefined) continue;
      if (best !== undefined) this.why = "first-choice";
      best = server;
      least = found;
      bestDivisor = own;
    }
    return best;
  }

  #seeDrawn(): void {
    this.divisor.begin();
    for (let place = 0; place < this.#drawn.length; place++) {
      const index = this.#drawn[place] ?? -1;
      const server = this.index.servers[index];
      if (server !== undefined) this.divisor.see(index, server);
    }
  }

  #has(index: number, count: number): boolean {
    for (let i = 0; i < count; i++) if (this.#drawn[i] === index) return true;
    return false;
  }

  #lookAtAll(context: PickContext<S>): S | undefined {
    const best = super.pick(context);
    if (best !== undefined) this.why = "next";
    return best;
  }
}
