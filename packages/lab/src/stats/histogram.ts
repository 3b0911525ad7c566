// A log-linear histogram (the idea of Gil Tene's HdrHistogram): every octave has 128 equal buckets, so a recorded value
// is known to within 0.8 %. Recording a value adds 1 to one bucket. The bucket number is read from the bits of the
// double itself: its exponent and the top 7 bits of its fraction.

const SUB_BITS = 7;
const SHIFT = 20 - SUB_BITS;
/** Values below 2^-14 ms (61 ns) share the first bucket. Values from 2^34 ms (199 days) on share the last. */
const LOWEST = (1023 - 14) << SUB_BITS;
const BUCKETS = 48 << SUB_BITS;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
const HIGH = new Uint8Array(new Int32Array([1]).buffer)[0] === 1 ? 1 : 0;

export function bucketOf(value: number): number {
  double[0] = value;
  const bucket = ((words[HIGH] as number) >> SHIFT) - LOWEST;
  return bucket < 0 ? 0 : bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/** Returns the lower bound of a bucket. */
function lowerBound(bucket: number): number {
  words[1 - HIGH] = 0;
  words[HIGH] = (bucket + LOWEST) << SHIFT;
  return double[0] as number;
}

/** What a histogram holds, as plain data that another thread can be sent. */
export interface HistogramState {
  readonly count: number;
  readonly sum: number;
  readonly max: number;
  readonly buckets: Float64Array;
}

export class Histogram {
  count = 0;
  sum = 0;
  max = 0;
  readonly #buckets = new Float64Array(BUCKETS);

  /** Makes a histogram that is equal to the one that `state()` was called of. */
  static of({ count, sum, max, buckets }: HistogramState): Histogram {
    const histogram = new Histogram();
    histogram.#buckets.set(buckets);
    return Object.assign(histogram, { count, sum, max });
  }

  state(): HistogramState {
    const { count, sum, max } = this;
    return { count, sum, max, buckets: this.#buckets };
  }

  record(value: number): void {
    this.recordIn(bucketOf(value), value);
  }

  /**
   * Records a value whose bucket is known, for callers that record it in several histograms. `bucket` is
   * `bucketOf(value)`.
   */
  recordIn(bucket: number, value: number): void {
    (this.#buckets[bucket] as number)++;
    this.count++;
    this.sum += value;
    if (value > this.max) this.max = value;
  }

  get mean(): number {
    return this.count === 0 ? Number.NaN : this.sum / this.count;
  }

  /**
   * Returns the value below which a share of all values lies: `quantile(0.99)` is the 99th percentile. Interpolates
   * within a bucket. NaN when the histogram is empty.
   */
  quantile(quantile: number): number {
    if (this.count === 0) return Number.NaN;
    const rank = quantile * this.count;
    let below = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const inBucket = this.#buckets[bucket] as number;
      if (inBucket === 0 || below + inBucket < rank) {
        below += inBucket;
        continue;
      }
      const low = bucket === 0 ? 0 : lowerBound(bucket);
      const share = (rank - below) / inBucket;
      return Math.min(this.max, low + (lowerBound(bucket + 1) - low) * share);
    }
    return this.max;
  }

  /** Returns the share of the values above `value`, to the accuracy of a bucket. */
  shareAbove(value: number): number {
    if (this.count === 0) return Number.NaN;
    const from = bucketOf(value);
    let above = 0;
    for (let bucket = from + 1; bucket < BUCKETS; bucket++)
      above += this.#buckets[bucket] as number;
    const low = lowerBound(from);
    const rest = 1 - (value - low) / (lowerBound(from + 1) - low);
    return (above + (this.#buckets[from] ?? 0) * Math.min(1, Math.max(0, rest))) / this.count;
  }

  /** Yields the non-empty buckets as [upper bound, number of values], for distribution curves. */
  *entries(): Generator<readonly [upTo: number, count: number]> {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = this.#buckets[bucket] as number;
      if (count > 0) yield [lowerBound(bucket + 1), count];
    }
  }

  add(other: Histogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++)
      (this.#buckets[bucket] as number) += other.#buckets[bucket] as number;
    this.count += other.count;
    this.sum += other.sum;
    this.max = Math.max(this.max, other.max);
  }

  copy(): Histogram {
    const copy = new Histogram();
    copy.add(this);
    return copy;
  }

  clear(): void {
    this.#buckets.fill(0);
    this.count = 0;
    this.sum = 0;
    this.max = 0;
  }
}
