// Hashing: requests with the same key go to the same server. The balancer computes the key
// (address, path, header, cookie …), and the hashing method (Maglev, ring …) decides which server a
// key belongs to. A request without a key goes round robin. When the server of a key has no room,
// the picker tries the other servers in an order that depends on the key.
import { isCandidate } from "./candidate.ts";
import { boundedCap } from "./hash/bounded-load.ts";
import { Detour } from "./hash/detour.ts";
import type { HashParameters } from "./hash/options.ts";
import type { Placement } from "./hash/placement.ts";
import { PLACEMENTS } from "./hash/placements.ts";
import type { Inspection } from "./inspection.ts";
import type { PickContext, Picker, PickerEnvironment, PickServer } from "./picker.ts";
import type { PickReason } from "./reason.ts";
import { RoundRobin } from "./round-robin.ts";

/**
 * For how many evenly spread keys `inspect` returns the server, when the hashing method has no
 * table and no ring.
 */
const SAMPLED_KEYS = 2_048;

export class Hash<S extends PickServer> implements Picker<S> {
  readonly #factor: number;
  readonly #placement: Placement;
  readonly #detour = new Detour();
  readonly #keyless: RoundRobin<S>;
  #servers: readonly S[] = [];
  #totalWeight = 0;
  why: PickReason = "none";

  constructor(environment: PickerEnvironment, parameters: HashParameters) {
    const { balanceFactor, method } = parameters;
    if (balanceFactor !== 0 && balanceFactor < 1)
      throw new RangeError(`balanceFactor ${balanceFactor}: 0 (unbounded) or at least 1`);
    this.#factor = balanceFactor;
    this.#placement = PLACEMENTS[method](parameters);
    this.#keyless = new RoundRobin(environment);
  }

  update(servers: readonly S[]): void {
    this.#servers = [...servers].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    this.#totalWeight = servers.reduce((sum, { weight }) => sum + weight, 0);
    this.#placement.update(this.#servers);
    this.#detour.resize(servers.length);
    this.#keyless.update(servers);
  }

  pick(context: PickContext<S>): S | undefined {
    const { key, tried } = context;
    if (key === undefined) return this.#withoutKey(context);
    const own = this.#servers[this.#placement.at(key)];
    if (own !== undefined && isCandidate(own, tried)) {
      if (
        this.#factor === 0 ||
        own.inFlight === 0 ||
        own.inFlight < this.#cap(this.#inFlight(), own)
      ) {
        this.why = "first-choice";
        return own;
      }
      this.why = "overflow";
    } else this.why = "next";
    return this.#takeDetour(key, tried);
  }

  preferred({ key, tried }: PickContext<S>): S | undefined {
    if (key === undefined) return undefined;
    const own = this.#servers[this.#placement.at(key)];
    return own === undefined || tried.includes(own) ? undefined : own;
  }

  note(): string | undefined {
    return this.#placement.note?.();
  }

  inspect(): Inspection {
    const servers = this.#servers.map(({ name }) => name);
    const { owners, points } = this.#placement.inspect?.() ?? {};
    if (owners !== undefined && points !== undefined)
      return { kind: "ring", servers, owners, points };
    if (owners !== undefined) return { kind: "table", servers, owners };
    const step = 2 ** 32 / SAMPLED_KEYS;
    const sampled = Int32Array.from({ length: SAMPLED_KEYS }, (_, at) =>
      this.#placement.at(Math.floor(at * step)),
    );
    return { kind: "keys", servers, owners: sampled };
  }

  #withoutKey(context: PickContext<S>): S | undefined {
    const server = this.#keyless.pick(context);
    this.why = server === undefined ? "none" : "fallback";
    return server;
  }

  #takeDetour(key: number, tried: readonly S[]): S | undefined {
    const detour = this.#detour;
    const inFlight = this.#factor === 0 ? 0 : this.#inFlight();
    let least: S | undefined;
    detour.begin(key);
    for (let index = detour.next(); index >= 0; index = detour.next()) {
      const server = this.#servers[index];
      if (server === undefined || !isCandidate(server, tried)) continue;
      if (this.#factor === 0 || server.inFlight < this.#cap(inFlight, server)) return server;
      // This server is over its bound. If all servers that can be picked are over their bounds, the
      // one with the fewest requests per weight is picked.
      if (least === undefined || server.inFlight * least.weight < least.inFlight * server.weight)
        least = server;
    }
    if (least === undefined) this.why = "none";
    return least;
  }

  #cap(inFlight: number, { weight }: S): number {
    return boundedCap(this.#factor, inFlight, weight, this.#totalWeight);
  }

  /**
   * Returns the number of requests in flight over all servers. The servers' own counts are added up, because those
   * counts include the requests of all threads.
   */
  #inFlight(): number {
    let total = 0;
    for (let i = 0; i < this.#servers.length; i++) total += this.#servers[i]?.inFlight ?? 0;
    return total;
  }
}
