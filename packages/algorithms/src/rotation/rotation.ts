// Maps a ticket to a server, for round robin. A ticket is a number of a counter that all threads of the balancer
// share. One period of smooth weighted round robin is computed in advance and stored as a sequence of servers. When
// that period would be long, or rounding would distort the weights, static stride computes the server of each ticket.
import { integerWeights } from "./integer-weights.ts";
import { smoothSequence } from "./smooth-sequence.ts";
import { StaticStride } from "./static-stride.ts";

/**
 * The longest sequence of picks that is stored. MOST_STEPS limits the work of computing it (picks × servers)
 * to a few milliseconds.
 */
const LONGEST = 65_536;
const MOST_STEPS = 500_000;
/** How far rounding of the weights may change a server's share: by a hundredth of the share. */
const FAITHFUL = 0.01;

export class Rotation {
  readonly #stride = new StaticStride();
  #sequence = new Int32Array(0);

  update(weights: readonly number[]): void {
    const whole = integerWeights(weights);
    const total = whole.reduce((sum, weight) => sum + weight, 0);
    const equal = total === weights.length;
    const short =
      total <= LONGEST && total * weights.length <= MOST_STEPS && faithful(whole, total, weights);
    this.#sequence = equal || short ? Int32Array.from(smoothSequence(weights)) : new Int32Array(0);
    if (this.#sequence.length === 0) this.#stride.update(weights);
  }

  /**
   * Returns a copy of one period of the sequence; empty when static stride is used. Picks do not
   * call this, because the copy is allocated.
   */
  get sequence(): readonly number[] {
    return [...this.#sequence];
  }

  /**
   * Returns the index of the server that gets the request with this ticket. -1 = the ticket belongs to no server, so
   * the caller has to take another ticket.
   */
  at(ticket: number): number {
    const { length } = this.#sequence;
    return length === 0 ? this.#stride.at(ticket) : (this.#sequence[ticket % length] ?? -1);
  }
}

/**
 * Whether the rounded weights `whole` give every server the share that its exact weight gives it,
 * within FAITHFUL.
 */
function faithful(whole: readonly number[], total: number, weights: readonly number[]): boolean {
  const sum = weights.reduce((a, b) => a + b, 0);
  return whole.every((turns, index) => {
    const wanted = (weights[index] ?? 0) / sum;
    return Math.abs(turns / total - wanted) <= FAITHFUL * wanted;
  });
}
