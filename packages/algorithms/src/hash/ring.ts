// Consistent hashing on a ring (Karger et al., STOC'97; ketama's 160 points per unit of weight): a
// key belongs to the server of the next point clockwise. A pick is O(1) on average, because the
// ring is cut into parts, and a table has the first point of each part. When a server leaves, only
// its own keys move. The shares of servers deviate by about 1/√points, with the points per server.
import { mix32, murmur3 } from "./murmur3.ts";
import type { Layout, PlacedServer, Placement } from "./placement.ts";

/** The most points of all servers together, so that a change of the servers stays a matter of milliseconds. */
const MOST_POINTS = 262_144;
/**
 * More than the number of servers. A point and its server's index are packed into one number, point ×
 * SERVERS + index, so that one sort orders the points with their servers.
 */
const SERVERS = 2 ** 20;
const GOLDEN = 0x9e37_79b1;

export class Ring implements Placement {
  readonly #pointsPerWeight: number;
  /** The points per unit of weight that the servers have now. */
  #perWeight: number;
  #points = new Uint32Array(0);
  #owners = new Int32Array(0);
  #shift = 31;
  #starts = new Uint32Array(0);

  constructor(pointsPerWeight: number) {
    this.#pointsPerWeight = pointsPerWeight;
    this.#perWeight = pointsPerWeight;
  }

  update(servers: readonly PlacedServer[]): void {
    const total = servers.reduce((sum, { weight }) => sum + weight, 0);
    const perWeight = Math.min(this.#pointsPerWeight, MOST_POINTS / total);
    this.#perWeight = perWeight;
    const counts = servers.map(({ weight }) => Math.max(1, Math.round(weight * perWeight)));
    const keyed = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
    let filled = 0;
    for (const [index, { name }] of servers.entries()) {
      const seed = murmur3(name);
      for (let i = 0; i < (counts[index] ?? 0); i++)
        keyed[filled++] = mix32(seed ^ Math.imul(i + 1, GOLDEN)) * SERVERS + index;
    }
    keyed.sort();
    this.#points = Uint32Array.from(keyed, (key) => Math.floor(key / SERVERS));
    this.#owners = Int32Array.from(keyed, (key) => key % SERVERS);
    this.#cut();
  }

  inspect(): Layout {
    return { owners: this.#owners.slice(), points: this.#points.slice() };
  }

  note(): string | undefined {
    if (this.#perWeight >= this.#pointsPerWeight) return undefined;
    const most = MOST_POINTS.toLocaleString("en-US");
    const each = Number(this.#perWeight.toPrecision(3));
    return (
      `the ring has ${each} points per unit of weight instead of ${this.#pointsPerWeight} ` +
      `(pointsPerWeight), because all servers together have at most ${most}; so shares are less even`
    );
  }

  at(key: number): number {
    const points = this.#points;
    const bucket = key >>> this.#shift;
    let low = this.#starts[bucket] ?? 0;
    let high = this.#starts[bucket + 1] ?? points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((points[middle] ?? 0) >= key) high = middle;
      else low = middle + 1;
    }
    return this.#owners[low === points.length ? 0 : low] ?? -1;
  }

  /** Cuts the ring into about as many equal parts as there are points, and stores the first point of each part. */
  #cut(): void {
    const points = this.#points;
    const bits = Math.max(1, Math.ceil(Math.log2(points.length + 1)));
    this.#shift = 32 - bits;
    this.#starts = new Uint32Array(2 ** bits + 1);
    let at = 0;
    for (let bucket = 0; bucket < this.#starts.length; bucket++) {
      while (at < points.length && (points[at] ?? 0) < bucket * 2 ** this.#shift) at += 1;
      this.#starts[bucket] = at;
    }
  }
}
