// Distributions of service demand, think time and the like. A distribution is described by plain data that can be
// written as JSON. The description is compiled once into a sampler. The sampler also knows the mean and the squared
// coefficient of variation, which the formulas of queueing theory need.
import { exp, ln } from "./elementary.ts";
import { Stream } from "./stream.ts";

/** A distribution that is drawn as it is, without another one in it. */
export type SingleDistribution =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "exponential"; readonly mean: number }
  | { readonly kind: "uniform"; readonly from: number; readonly to: number }
  /** `sigma` is the standard deviation of the logarithm. */
  | { readonly kind: "lognormal"; readonly mean: number; readonly sigma: number }
  | {
      readonly kind: "bounded-pareto";
      readonly alpha: number;
      readonly min: number;
      readonly max: number;
    }
  /** Most draws are `fast`. A share `slow` of the draws is `factor` times `fast`. */
  | {
      readonly kind: "bimodal";
      readonly fast: number;
      readonly slow: number;
      readonly factor: number;
    }
  /** Negative values are drawn again. So the real mean is a little above `mean` when `sd` is not small. */
  | { readonly kind: "normal"; readonly mean: number; readonly sd: number }
  /** Yields `values` in their order. After the last value the first value comes again. */
  | { readonly kind: "trace"; readonly values: readonly number[] };

export type Distribution =
  | SingleDistribution
  /**
   * Takes the smaller of two draws, such as a connection's life and its greatest age. `mean` and `cv2` are estimates.
   */
  | {
      readonly kind: "lesser";
      readonly of: SingleDistribution;
      readonly and: SingleDistribution;
    };

export interface Sampler {
  readonly mean: number;
  /** The variance divided by the square of the mean. */
  readonly cv2: number;
  sample(stream: Stream): number;
}

type Compile<K extends Distribution["kind"]> = (
  distribution: Extract<Distribution, { kind: K }>,
) => Sampler;

const COMPILERS: { readonly [K in Distribution["kind"]]: Compile<K> } = {
  constant: ({ value }) => ({ mean: value, cv2: 0, sample: () => value }),
  exponential: ({ mean }) => ({ mean, cv2: 1, sample: (stream) => mean * stream.exponential() }),
  uniform: ({ from, to }) => ({
    mean: (from + to) / 2,
    cv2: (to - from) ** 2 / 3 / (from + to) ** 2,
    sample: (stream) => from + (to - from) * stream.next(),
  }),
  lognormal: ({ mean, sigma }) => {
    const scale = mean * exp(-(sigma ** 2) / 2);
    return {
      mean,
      cv2: exp(sigma ** 2) - 1,
      sample: (stream) => scale * exp(sigma * stream.normal()),
    };
  },
  "bounded-pareto": compilePareto,
  bimodal: ({ fast, slow, factor }) => {
    const mean = fast * (1 + slow * (factor - 1));
    const second = fast ** 2 * (1 - slow + slow * factor ** 2);
    return {
      mean,
      cv2: second / mean ** 2 - 1,
      sample: (stream) => (stream.next() < slow ? fast * factor : fast),
    };
  },
  normal: compileNormal,
  lesser: compileLesser,
  trace: ({ values }) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const second = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    let at = 0;
    return {
      mean,
      cv2: second / mean ** 2 - 1,
      sample: () => values[at++ % values.length] ?? 0,
    };
  },
};

/**
 * Compiles a distribution into a sampler. Each run needs a sampler of its own, because the sampler of a trace holds a
 * position.
 */
export function compileDistribution(distribution: Distribution): Sampler {
  const compile = COMPILERS[distribution.kind] as (distribution: Distribution) => Sampler;
  return compile(distribution);
}

function compilePareto({
  alpha,
  min,
  max,
}: Extract<Distribution, { kind: "bounded-pareto" }>): Sampler {
  const ratio = (min / max) ** alpha;
  /** Returns E[X^k] of the bounded Pareto distribution. */
  const moment = (k: number) =>
    alpha === k
      ? (alpha * min ** alpha * ln(max / min)) / (1 - ratio)
      : ((alpha * min ** alpha) / (1 - ratio)) *
        ((min ** (k - alpha) - max ** (k - alpha)) / (alpha - k));
  const mean = moment(1);
  return {
    mean,
    cv2: moment(2) / mean ** 2 - 1,
    sample: (stream) => min * (1 - stream.next() * (1 - ratio)) ** (-1 / alpha),
  };
}

function compileNormal({ mean, sd }: Extract<Distribution, { kind: "normal" }>): Sampler {
  const sample = (stream: Stream) => {
    for (;;) {
      const value = mean + sd * stream.normal();
      if (value >= 0) return value;
    }
  };
  // The mean and variance of a normal distribution cut at zero follow from z = −mean/sd and the inverse Mills ratio at
  // z.
  const z = -mean / sd;
  const mills = exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI) / upperTail(z);
  const cutMean = mean + sd * mills;
  const variance = sd ** 2 * (1 + z * mills - mills ** 2);
  return { mean: cutMean, cv2: variance / cutMean ** 2, sample };
}

function compileLesser({ of, and }: Extract<Distribution, { kind: "lesser" }>): Sampler {
  const [one, other] = [compileDistribution(of), compileDistribution(and)];
  const sample = (stream: Stream) => Math.min(one.sample(stream), other.sample(stream));
  const stream = new Stream(0, "moments");
  let [sum, squares] = [0, 0];
  const draws = 10_000;
  for (let i = 0; i < draws; i++) {
    const value = sample(stream);
    sum += value;
    squares += value ** 2;
  }
  const mean = sum / draws;
  return { mean, cv2: squares / draws / mean ** 2 - 1, sample };
}

/** Returns P(N > z), by Abramowitz and Stegun 26.2.17; accurate to 1e-7. */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const poly =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}
