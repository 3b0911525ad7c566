// Random numbers: sfc32 (Chris Doty-Humphrey, PractRand), one independent stream per purpose. Picks draw from other
// streams than the traffic. So an algorithm that draws many numbers does not change the arrivals, and all algorithms
// get the same traffic. Uniform numbers have 32 bits.
import type { Rng } from "@tandem/transport";
import { exp, ln } from "./elementary.ts";

const TO_UNIT = 2 ** -32;

/**
 * The ziggurat of Marsaglia and Tsang (2000) for e^-x: 256 layers of equal area. Layer i reaches from 0 to its edge.
 * WIDTH is the edge divided by 2^24. A point is drawn as a 24-bit number; when the number is below INSIDE, the point is
 * certainly under the curve.
 */
const LAYERS = 256;
const TAIL = 7.69711747013105;
const AREA = 0.003949659822581557;
const WIDTH = new Float64Array(LAYERS);
const INSIDE = new Float64Array(LAYERS);
/** The height of the curve at the edge of each layer, rising to 1. */
const HEIGHT = new Float64Array(LAYERS + 1);

function build(): void {
  const edges = new Float64Array(LAYERS + 1);
  // The lowest layer includes the infinite tail. Its edge is the width of a rectangle that has the area and the height
  // of this layer.
  edges[0] = AREA / exp(-TAIL);
  edges[1] = TAIL;
  for (let i = 2; i < LAYERS; i++) {
    const edge = edges[i - 1] as number;
    edges[i] = -ln(AREA / edge + exp(-edge));
  }
  for (let i = 0; i < LAYERS; i++) {
    WIDTH[i] = (edges[i] as number) / 2 ** 24;
    INSIDE[i] = ((edges[i + 1] as number) / (edges[i] as number)) * 2 ** 24;
    HEIGHT[i] = exp(-(edges[i] as number));
  }
  HEIGHT[LAYERS] = 1;
}
build();

export class Stream {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare = Number.NaN;

  /** Makes the stream for one purpose ("arrivals", "balancer 3") and one seed. */
  constructor(seed: number, purpose: string) {
    this.#a = mix(seed | 0);
    this.#b = mix(hashText(purpose) ^ this.#a);
    this.#c = mix(this.#b + Math.floor(seed / 2 ** 32));
    for (let i = 0; i < 12; i++) this.bits();
  }

  /** Returns 32 random bits as an unsigned number. */
  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Returns a random number, uniform in [0, 1). */
  next(): number {
    return this.bits() * TO_UNIT;
  }

  /** Returns a random whole number, uniform over 0 … count − 1. */
  below(count: number): number {
    return Math.floor(this.bits() * TO_UNIT * count);
  }

  /**
   * Returns a random number, exponential with mean 1, by the ziggurat. 98 of 100 calls need one draw and one product,
   * and no logarithm.
   */
  exponential(): number {
    const bits = this.bits();
    const layer = bits & 255;
    // The upper 24 bits choose the point within the layer.
    const point = bits >>> 8;
    return point < (INSIDE[layer] as number)
      ? point * (WIDTH[layer] as number)
      : this.#fromEdge(layer, point);
  }

  /**
   * Returns the exponential number for a point that may be above the curve. In a method of its own, so that
   * `exponential` is small enough to be compiled into its callers, which then need no memory for its result.
   */
  #fromEdge(firstLayer: number, firstPoint: number): number {
    let layer = firstLayer;
    let point = firstPoint;
    for (;;) {
      const value = point * (WIDTH[layer] as number);
      if (point < (INSIDE[layer] as number)) return value;
      if (layer === 0) return TAIL - ln((this.bits() + 1) * TO_UNIT);
      const [low, high] = [HEIGHT[layer] as number, HEIGHT[layer + 1] as number];
      if (low + this.next() * (high - low) < exp(-value)) return value;
      const bits = this.bits();
      layer = bits & 255;
      point = bits >>> 8;
    }
  }

  /**
   * Returns a standard normal number, by Marsaglia's polar method. The method yields two numbers; the second is kept
   * for the next call.
   */
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
      const factor = Math.sqrt((-2 * ln(square)) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }

  /** The method `next` as a function, which is how pickers take it. */
  readonly rng: Rng = () => this.next();
}

/** Applies murmur3's finalizer, which makes numbers that differ little unrelated. Returns a signed 32-bit number. */
export function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Returns the FNV-1a hash of a text, over its UTF-16 code units. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
