// Weighted rotation without a sequence, for many servers or weights that change all the time: gRPC's static stride
// scheduler (grpc/proposal A58 implementations). Ticket t asks server t mod n in round ⌊t/n⌋. With W the heaviest
// weight, a server of weight w accepts in w of W rounds, evenly spread. Building it takes O(n) and needs next to no
// memory. In return a pick takes W/mean(w) tickets, and there is no exact period.

const HEAVIEST = 65_535;

export class StaticStride {
  #weights = new Uint16Array(0);

  /** Takes new weights, all above 0. Allocates only when the number of weights has changed. */
  update(weights: ArrayLike<number>): void {
    const { length } = weights;
    if (this.#weights.length !== length) this.#weights = new Uint16Array(length);
    let heaviest = 0;
    for (let i = 0; i < length; i++) heaviest = Math.max(heaviest, weights[i] ?? 0);
    for (let i = 0; i < length; i++) {
      const share = (weights[i] ?? 0) / heaviest;
      this.#weights[i] = Math.max(1, Math.round(share * HEAVIEST));
    }
  }

  /**
   * Returns the index of the server whose turn `ticket` is. -1 = the turn belongs to no server; take another ticket.
   */
  at(ticket: number): number {
    const n = this.#weights.length;
    if (n === 0) return -1;
    const index = ticket % n;
    const weight = this.#weights[index] ?? 0;
    // Neighbours are offset by half a turn, so that servers of equal small weight do not all accept in the same
    // round.
    const phase = (weight * Math.floor(ticket / n) + index * 32_767) % HEAVIEST;
    return phase < HEAVIEST - weight ? -1 : index;
  }
}
