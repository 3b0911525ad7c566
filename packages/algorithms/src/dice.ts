// The random numbers of a picker. A counter goes through MurmurHash3's finalizer (the design of
// SplitMix, Steele et al. 2014). The counter starts at a number drawn from the environment's
// generator. The results are whole numbers of 31 bits, which V8 stores without allocating. Each
// call of Math.random() allocates 16 bytes and takes ten times as long.
import { mix32 } from "./hash/murmur3.ts";

const TWO_31 = 2 ** 31;
const GOLDEN = 0x9e37_79b9;

export class Dice {
  #state: number;

  constructor(rng: () => number) {
    this.#state = (rng() * 2 ** 32) | 0;
  }

  /** Returns a random whole number, uniform from 0 to 2^31 - 1. */
  bits(): number {
    this.#state = (this.#state + GOLDEN) | 0;
    return mix32(this.#state) >>> 1;
  }

  /** Returns a random whole number, uniform from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor((this.bits() / TWO_31) * count);
  }

  /** Returns a random number, uniform from 0 up to, but not including, 1. */
  share(): number {
    return this.bits() / TWO_31;
  }

  /** Returns true with probability `p`. */
  chance(p: number): boolean {
    return this.bits() < p * TWO_31;
  }
}
