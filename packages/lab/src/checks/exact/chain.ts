// The stationary distribution of a finite Markov chain in continuous time, by Gauss–Seidel sweeps over the balance
// equations. The checks solve small queueing models with it exactly, independently of the simulator.

/** A chain that is being described: states are numbered from 0 in the order in which they are first named. */
export class Chain {
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #rate: number[] = [];
  readonly states: number;

  constructor(states: number) {
    this.states = states;
  }

  /** Adds a transition with a rate above 0. Several transitions between two states add up. */
  add(from: number, to: number, rate: number): void {
    if (from === to || rate === 0) return;
    this.#from.push(from);
    this.#to.push(to);
    this.#rate.push(rate);
  }

  /**
   * Returns the share of time that the chain spends in each state. Sweeps forwards and backwards until no state's share
   * changes by more than the fraction `accuracy` of the largest share. Throws an Error when that does not happen.
   */
  stationary(accuracy = 1e-10): Float64Array {
    const { states } = this;
    const { starts, sources, rates, leaving } = this.#incoming();
    const share = new Float64Array(states).fill(1 / states);
    const balance = (state: number): number => {
      let flow = 0;
      for (let at = starts[state] as number; at < (starts[state + 1] as number); at++)
        flow += (share[sources[at] as number] as number) * (rates[at] as number);
      const next = flow / (leaving[state] as number);
      const change = Math.abs(next - (share[state] as number));
      share[state] = next;
      return change;
    };
    for (let sweep = 0; sweep < 20_000; sweep++) {
      let change = 0;
      for (let state = 0; state < states; state++) change = Math.max(change, balance(state));
      for (let state = states - 1; state >= 0; state--) change = Math.max(change, balance(state));
      if (normalize(share) * accuracy > change) return share;
    }
    throw new Error(`a chain of ${states} states has not settled after 20000 sweeps`);
  }

  /** Returns the transitions sorted by the state that they lead to, and the rate at which each state is left. */
  #incoming() {
    const { states } = this;
    const count = this.#from.length;
    const starts = new Int32Array(states + 1);
    for (const to of this.#to) (starts[to + 1] as number)++;
    for (let state = 0; state < states; state++)
      (starts[state + 1] as number) += starts[state] as number;
    const place = starts.slice();
    const sources = new Int32Array(count);
    const rates = new Float64Array(count);
    const leaving = new Float64Array(states);
    for (let i = 0; i < count; i++) {
      const rate = this.#rate[i] as number;
      const at = (place[this.#to[i] as number] as number)++;
      sources[at] = this.#from[i] as number;
      rates[at] = rate;
      (leaving[this.#from[i] as number] as number) += rate;
    }
    return { starts, sources, rates, leaving };
  }
}

/** Divides the shares by their sum, and returns the largest. */
function normalize(share: Float64Array): number {
  let sum = 0;
  for (const one of share) sum += one;
  let largest = 0;
  for (let state = 0; state < share.length; state++) {
    const one = (share[state] as number) / sum;
    share[state] = one;
    if (one > largest) largest = one;
  }
  return largest;
}
