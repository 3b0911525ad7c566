// Chance: sfc32 (Chris Doty-Humphrey, PractRand), one independent stream per purpose. An algorithm that draws
// more than another does not shift the arrivals, so all algorithms meet the same traffic.
// Uniform numbers have 32 bits, which bounds an exponential draw at 22 times its mean.
import type { Rng } from "@tandem/transport";

const TO_UNIT = 2 ** -32;

export class Stream {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare = Number.NaN;

  /** The stream of one purpose ("arrivals", "balancer 3") in the run of one seed. */
  constructor(seed: number, purpose: string) {
    this.#a = mix(seed | 0);
    this.#b = mix(hashText(purpose) ^ this.#a);
    this.#c = mix(this.#b + Math.floor(seed / 2 ** 32));
    for (let i = 0; i < 12; i++) this.bits();
  }

  /** 32 random bits, unsigned. */
  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.bits() * TO_UNIT;
  }

  /** Uniform over 0 … count − 1. */
  below(count: number): number {
    return Math.floor(this.bits() * TO_UNIT * count);
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -Math.log((this.bits() + 1) * TO_UNIT);
  }

  /** Standard normal, by Marsaglia's polar method; every second one is free. */
  normal(): number {
    if (!Number.isNaN(this.#spare)) {
      const spare = this.#spare;
      this.#spare = Number.NaN;
      return spare;
    }
    for (;;) {
      const x = 2 * this.next() - 1;
      const y = 2 * this.next() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }

  /** As the function that a picker takes. */
  readonly rng: Rng = () => this.next();
}

/** Murmur3's finalizer: neighbouring numbers become unrelated ones. Returns a signed 32-bit number. */
export function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** FNV-1a over UTF-16 units. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
