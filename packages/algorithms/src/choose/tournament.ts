// Keeps the servers with the least load per weight at hand, without looking at all servers: a tournament tree (Knuth,
// The Art of Computer Programming, volume 3, 5.4.1). The leaves are the servers; each inner node holds the least load
// below it, and the sum of the weights of all servers below it that have that load. A change of one load, and a draw
// among the servers with the least load, are O(log n) for n servers. Loads per weight are compared by
// cross-multiplication, which is exact for whole numbers.
//
//            1│ load 1, tied weight 3              servers 0 and 2 are tied
//        ┌────┴────┐
//      2│ 1, 1    3│ 1, 2
//     ┌──┴──┐    ┌──┴──┐
//   4│1   5│3  6│2   7│∞     load of server 0 … 3, their weights 1, 1, 2, 1: server 3 may not be picked
const UNUSABLE = Number.POSITIVE_INFINITY;

export class Tournament {
  /** The number of leaves, a power of 2. Server i is at leaf `#leaves + i`. */
  #leaves = 1;
  /** The load and the weight of a server with the least load below the node; an infinite load when there is none. */
  #load = new Float64Array(2);
  #weight = new Float64Array(2);
  /** The sum of the weights of all servers below the node with the least load. */
  #tied = new Float64Array(2);

  /** Takes the weights of a new list of servers, whole numbers above 0, and the load of each; infinite = not usable. */
  reset(weights: readonly number[], loads: readonly number[]): void {
    let leaves = 1;
    while (leaves < weights.length) leaves *= 2;
    this.#leaves = leaves;
    this.#load = new Float64Array(2 * leaves).fill(UNUSABLE);
    this.#weight = new Float64Array(2 * leaves).fill(1);
    this.#tied = new Float64Array(2 * leaves);
    for (const [index, weight] of weights.entries()) {
      this.#weight[leaves + index] = weight;
      this.#place(leaves + index, loads[index] ?? UNUSABLE);
    }
    for (let node = leaves - 1; node > 0; node--) this.#play(node);
  }

  /** Sets the load of a server; infinite = the server may not be picked. */
  set(index: number, load: number): void {
    let node = this.#leaves + index;
    if (this.#load[node] === load) return;
    this.#place(node, load);
    for (node >>= 1; node > 0; node >>= 1) if (!this.#play(node)) return;
  }

  /** Whether several servers have the least load. */
  get isTied(): boolean {
    return (this.#tied[1] as number) > (this.#weight[1] as number);
  }

  /**
   * Returns the server with the least load; -1 when none may be picked. `share`, from 0 up to 1, chooses among servers
   * with the same load, each of which has a part of that range by its weight, in the order of the list.
   */
  least(share: number): number {
    if (this.#load[1] === UNUSABLE) return -1;
    let left = share * (this.#tied[1] as number);
    let node = 1;
    while (node < this.#leaves) {
      const first = 2 * node;
      const order = this.#compare(first, first + 1);
      const tied = this.#tied[first] as number;
      if (order < 0 || (order === 0 && left < tied)) node = first;
      else {
        if (order === 0) left -= tied;
        node = first + 1;
      }
    }
    return node - this.#leaves;
  }

  #place(leaf: number, load: number): void {
    this.#load[leaf] = load;
    this.#tied[leaf] = load === UNUSABLE ? 0 : (this.#weight[leaf] as number);
  }

  /** Below 0 when the least load of node `a` is less than that of node `b`, 0 when they are equal. */
  #compare(a: number, b: number): number {
    const mine = (this.#load[a] as number) * (this.#weight[b] as number);
    const theirs = (this.#load[b] as number) * (this.#weight[a] as number);
    return mine < theirs ? -1 : mine > theirs ? 1 : 0;
  }

  /** Computes an inner node from the two nodes below it. Returns whether that changed the node. */
  #play(node: number): boolean {
    const first = 2 * node;
    const order = this.#compare(first, first + 1);
    const winner = order > 0 ? first + 1 : first;
    const load = this.#load[winner] as number;
    const weight = this.#weight[winner] as number;
    const other = order === 0 ? (this.#tied[first + 1] as number) : 0;
    const tied = (this.#tied[winner] as number) + other;
    if (load === this.#load[node] && weight === this.#weight[node] && tied === this.#tied[node])
      return false;
    this.#load[node] = load;
    this.#weight[node] = weight;
    this.#tied[node] = tied;
    return true;
  }
}
