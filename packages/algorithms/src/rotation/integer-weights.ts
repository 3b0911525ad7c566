// Turns weights into the smallest whole numbers in the same ratio. When all weights are whole
// numbers, the ratio is exact. When some have fractions (during slow start, or as shares of zones),
// all are rounded to multiples of 1/256 of the heaviest weight, but never down to 0.

const STEPS = 256;

export function integerWeights(weights: readonly number[]): number[] {
  const whole = weights.every(Number.isInteger) ? weights : scaled(weights);
  const divisor = whole.reduce(greatestCommonDivisor, 0) || 1;
  return whole.map((weight) => weight / divisor);
}

function scaled(weights: readonly number[]): number[] {
  const heaviest = weights.reduce((a, b) => Math.max(a, b), 0);
  return weights.map((weight) => Math.max(1, Math.round((weight / heaviest) * STEPS)));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
