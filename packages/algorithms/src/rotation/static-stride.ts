// Weighted round robin without a stored sequence, for many servers or weights that change all the time: gRPC's static
// stride scheduler (used with grpc/proposal A58). Tickets are the numbers of a counter. With n servers, ticket t
// offers a request to server t mod n, in round ⌊t/n⌋. A server of weight w accepts in w of W rounds, evenly spread,
// where W is the heaviest weight. An update takes O(n), and one number per server is stored. The disadvantages: a
// pick needs W/mean(w) tickets on average, and there is no exact period.

const HEAVIEST = 65_535;

export class StaticStride {
  #weights = new Uint16Array(0);

  /**
   * Takes the new weights of the servers, all above 0. Allocates only when the number of weights
   * has changed.
   */
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
   * Returns the index of the server that gets the request with this ticket. -1 = the ticket belongs to no server, so
   * the caller has to take another ticket.
   */
  at(ticket: number): number {
    const n = this.#weights.length;
    if (n === 0) return -1;
    const index = ticket % n;
    const weight = this.#weights[index] ?? 0;
    // Neighbouring servers are offset by half a cycle, so that servers of equal small weight do not
    // all accept in the same round.
    const phase = (weight * Math.floor(ticket / n) + index * 32_767) % HEAVIEST;
    return phase < HEAVIEST - weight ? -1 : index;
  }
}
