// Weights for servers of different speeds: small whole numbers, as tandem.yaml has them.

/** The largest weight that tandem.yaml takes. */
const MOST = 256;
/** A share may be off by this much, so that 1 : 2.03 becomes 1 : 2. */
const SLACK = 0.02;

/**
 * Returns weights in proportion to the speeds, with the smallest numbers that are right to within 2 %, or to within the
 * standard error of a speed that is less certain.
 */
export function weightsFor(
  speeds: readonly number[],
  errors: readonly number[] = [],
): readonly number[] {
  const slack = Math.max(SLACK, ...errors);
  const least = Math.min(...speeds);
  const ratios = speeds.map((speed) => speed / least);
  const most = Math.max(1, Math.floor(MOST / Math.max(...ratios)));
  let best = scaled(ratios, most);
  for (let scale = most; scale >= 1; scale--) {
    const weights = scaled(ratios, scale);
    if (weights.every((weight, i) => Math.abs(weight / scale / (ratios[i] ?? 1) - 1) <= slack))
      best = weights;
  }
  const common = best.reduce(divisor);
  return best.map((weight) => weight / common);
}

const scaled = (ratios: readonly number[], scale: number): readonly number[] =>
  ratios.map((ratio) => Math.min(MOST, Math.max(1, Math.round(ratio * scale))));

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
