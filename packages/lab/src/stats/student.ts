// Student's t distribution (Student 1908) for whole degrees of freedom, by the finite sums of Abramowitz and Stegun
// (1964), 26.7.3 and 26.7.4. The sums are exact. They take as many steps as half the degrees, so quantiles are kept.

/**
 * Returns the chance that a value of Student's t is farther from zero than `t`: the two-sided p value. `degrees` is a
 * whole number from 1 on. Throws a RangeError for other degrees. Absolute errors are below 1e-14, so a smaller chance is
 * rounded to 0.
 */
export function tTails(t: number, degrees: number): number {
  requireDegrees(degrees);
  if (Number.isNaN(t)) return Number.NaN;
  if (!Number.isFinite(t)) return 0;
  const long = Math.hypot(Math.sqrt(degrees), t);
  const cosSquared = degrees / long / long;
  const within = degrees % 2 === 0 ? evenWithin : oddWithin;
  return Math.min(1, Math.max(0, 1 - within(Math.abs(t), degrees, long, cosSquared)));
}

/** The chance of a value between −t and t for even degrees: sin θ · (1 + ½ cos²θ + ½·¾ cos⁴θ + …), tan θ = t / √ν. */
function evenWithin(t: number, degrees: number, long: number, cosSquared: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k <= degrees / 2 - 1; k++) {
    term *= (cosSquared * (2 * k - 1)) / (2 * k);
    sum += term;
  }
  return (t / long) * sum;
}

/** The same for odd degrees: 2/π · (θ + sin θ · (cos θ + ⅔ cos³θ + ⅔·⅘ cos⁵θ + …)). */
function oddWithin(t: number, degrees: number, long: number, cosSquared: number): number {
  let term = Math.sqrt(cosSquared);
  let sum = degrees > 1 ? term : 0;
  for (let k = 1; k <= (degrees - 3) / 2; k++) {
    term *= (cosSquared * 2 * k) / (2 * k + 1);
    sum += term;
  }
  return (2 / Math.PI) * (Math.atan2(t, Math.sqrt(degrees)) + (t / long) * sum);
}

const known = new Map<string, number>();

/**
 * Returns the t for which a share `confidence` of all values lies between −t and t, so that `mean ± t · error` is the
 * interval with this confidence. `confidence` is above 0 and below 1. Throws a RangeError otherwise.
 */
export function tQuantile(confidence: number, degrees: number): number {
  requireDegrees(degrees);
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`confidence ${confidence}: expected a number above 0 and below 1`);
  const key = `${confidence} ${degrees}`;
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  const found = inverted(confidence, degrees);
  if (known.size < MOST_KEPT) known.set(key, found);
  return found;
}

const MOST_KEPT = 10_000;

/** Bisects the angle θ, which unlike t has bounds: 0 and a right angle. */
function inverted(confidence: number, degrees: number): number {
  const root = Math.sqrt(degrees);
  let [low, high] = [0, Math.PI / 2];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (tTails(root * Math.tan(middle), degrees) > 1 - confidence) low = middle;
    else high = middle;
  }
  return root * Math.tan((low + high) / 2);
}

function requireDegrees(degrees: number): void {
  if (!Number.isInteger(degrees) || degrees < 1)
    throw new RangeError(`${degrees} degrees of freedom: expected a whole number from 1 on`);
}
