// The queue MAP/M/1: one server with exponential service, and arrivals that a Markov chain of a few phases controls
// (a Markovian arrival process). It is solved by Neuts's matrix-geometric method (Matrix-Geometric Solutions in
// Stochastic Models, 1981, ch. 3): with R the least solution of A₀ + R·A₁ + R²·A₂ = 0, π of n + 1 requests is π of n
// times R. Bursty traffic (MMPP) and the stream that round robin gives a server are such processes.
import { identity, leftNull, type Matrix, matrix, plus, solve, sumOf, times } from "./matrix.ts";

export interface MarkovArrivals {
  /** The rates of the changes of phase without an arrival; the diagonal makes the rows of both matrices sum to 0. */
  readonly silent: Matrix;
  /** The rates of the changes of phase with an arrival. */
  readonly arrival: Matrix;
}

/** Returns the mean number of arrivals per unit of time. */
export function rateOf({ silent, arrival }: MarkovArrivals): number {
  const phases = leftNull(plus(silent, arrival));
  return sumOf(phases.map((share, phase) => share * sumOf(arrival[phase] ?? [])));
}

/** Returns the mean time in the system, for a server that finishes `mu` requests per unit of time. */
export function meanTime(arrivals: MarkovArrivals, mu: number): number {
  const { silent } = arrivals;
  const one = identity(silent.length);
  const r = geometric(arrivals, mu);
  // With no request: π₀·(D₀ + R·A₂) = 0, in which A₂ = μ·I. Then the sum over all levels is scaled to 1.
  const empty = leftNull(plus(silent, r, mu));
  const inverse = solve(plus(one, r, -1), one);
  const total = sumOf(times([empty], inverse)[0] ?? []);
  const requests = times([empty], times(r, times(inverse, inverse)))[0] ?? [];
  return sumOf(requests) / total / rateOf(arrivals);
}

/** Returns R, by logarithmic reduction (Latouche & Ramaswami 1993), which doubles the correct digits at each step. */
function geometric({ silent, arrival }: MarkovArrivals, mu: number): Matrix {
  const size = silent.length;
  const one = identity(size);
  const stay = plus(silent, one, -mu);
  const negated = matrix(size, size, (i, j) => -(stay[i]?.[j] ?? 0));
  let up = solve(negated, arrival);
  let down = solve(
    negated,
    matrix(size, size, (i, j) => (i === j ? mu : 0)),
  );
  let g = down;
  let rise = up;
  for (let step = 0; step < 60; step++) {
    const middle = plus(one, plus(times(up, down), times(down, up)), -1);
    const [ups, downs] = [times(up, up), times(down, down)];
    [up, down] = [solve(middle, ups), solve(middle, downs)];
    g = plus(g, times(rise, down));
    rise = times(rise, up);
    if (Math.max(...rise.flat()) < 1e-14) break;
  }
  // R = A₀ · (−A₁ − A₀·G)⁻¹, so Rᵀ is the solution of a system of equations.
  const kernel = plus(negated, times(arrival, g), -1);
  return transposed(solve(transposed(kernel), transposed(arrival)));
}

const transposed = (a: Matrix): Matrix =>
  matrix(a[0]?.length ?? 0, a.length, (i, j) => a[j]?.[i] ?? 0);

/** Bursty traffic of two states: each has a rate, and ends at a rate. */
export function bursts(
  rates: readonly [number, number],
  ends: readonly [number, number],
): MarkovArrivals {
  return {
    silent: [
      [-rates[0] - ends[0], ends[0]],
      [ends[1], -rates[1] - ends[1]],
    ],
    arrival: [
      [rates[0], 0],
      [0, rates[1]],
    ],
  };
}

/**
 * What one of `servers` gets from `balancers` that each go round robin on their own, out of step: of each balancer's
 * Poisson stream every nth request. `rate` is the rate of all arrivals. A phase says where each balancer is.
 */
export function roundRobins(balancers: number, servers: number, rate: number): MarkovArrivals {
  const size = servers ** balancers;
  const each = rate / balancers;
  const silent = matrix(size, size, (i, j) => (i === j ? -rate : 0)).map((row) => [...row]);
  const arrival = matrix(size, size, () => 0).map((row) => [...row]);
  for (let phase = 0; phase < size; phase++)
    for (let balancer = 0; balancer < balancers; balancer++) {
      const step = servers ** balancer;
      const wraps = Math.floor(phase / step) % servers === servers - 1;
      const to = wraps ? phase - step * (servers - 1) : phase + step;
      const row = (wraps ? arrival : silent)[phase] ?? [];
      row[to] = (row[to] ?? 0) + each;
    }
  return { silent, arrival };
}
