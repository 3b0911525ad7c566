// M/D/c: c workers and a constant service D. Whatever is in service now has left after D, and nothing that comes in the
// meantime has (Crommelin 1932). So N(t + D) = max(N(t) − c, 0) + Poisson(λD), whose stationary law is that of N.

/** Returns the mean time in the system of `workers` with the constant service 1, at this many arrivals per unit. */
export function constantServiceTime(workers: number, rate: number): number {
  const most = 400;
  const poisson = new Float64Array(most + 1);
  poisson[0] = Math.exp(-rate);
  for (let k = 1; k <= most; k++) poisson[k] = ((poisson[k - 1] as number) * rate) / k;
  let share = poisson.slice();
  for (let step = 0; step < 5000; step++) {
    const left = new Float64Array(most + 1);
    for (const [n, value] of share.entries()) (left[Math.max(0, n - workers)] as number) += value;
    const next = folded(left, poisson);
    const change = next.reduce((sum, value, n) => sum + Math.abs(value - (share[n] as number)), 0);
    share = next;
    if (change < 1e-13) break;
  }
  return share.reduce((sum, value, n) => sum + n * value, 0) / rate;
}

/** Returns the distribution of the sum of two independent counts. */
function folded(a: Float64Array<ArrayBuffer>, b: Float64Array): Float64Array<ArrayBuffer> {
  const sum = new Float64Array(a.length);
  for (const [i, one] of a.entries()) {
    if (one < 1e-18) continue;
    for (let j = 0; i + j < sum.length; j++) {
      const other = b[j] as number;
      if (j > 60 && other < 1e-18) break;
      (sum[i + j] as number) += one * other;
    }
  }
  return sum;
}
