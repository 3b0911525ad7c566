// Two servers behind a board that shows their queues as they were at the last refresh. Between two refreshes the lengths
// on the board are fixed, so each server is an M/M/1 on its own: the shorter one gets everything, and at a tie each gets
// half. The queues at the refreshes are a chain in discrete time, solved with queues up to `LONGEST`.
const LONGEST = 50;
const SIZE = LONGEST + 1;

/** What happens within one period to a server that gets `rate`. */
interface Period {
  /** Row i: the distribution of the queue after the period when it was i at its beginning. */
  readonly after: readonly Float64Array[];
  /** At i: the mean length during the period when it was i at its beginning. */
  readonly mean: Float64Array;
}

/** Computes a period by uniformization: the events of a Poisson process with a rate above all others. */
function period(rate: number, lengthMs: number): Period {
  const events = rate + 1;
  const steps = Math.ceil(events * lengthMs + 12 * Math.sqrt(events * lengthMs) + 30);
  const mean = new Float64Array(SIZE);
  const after = Array.from({ length: SIZE }, (_, start) => {
    let now = new Float64Array(SIZE);
    now[start] = 1;
    const end = new Float64Array(SIZE);
    let happened = Math.exp(-events * lengthMs);
    let later = 1 - happened;
    for (let step = 0; step <= steps; step++) {
      for (let n = 0; n < SIZE; n++) {
        (end[n] as number) += happened * (now[n] as number);
        (mean[start] as number) += (later / (events * lengthMs)) * n * (now[n] as number);
      }
      happened *= (events * lengthMs) / (step + 1);
      later = Math.max(0, later - happened);
      now = stepped(now, rate / events);
    }
    return end;
  });
  return { after, mean };
}

function stepped(now: Float64Array, up: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(SIZE);
  for (let n = 0; n < SIZE; n++) {
    const share = now[n] as number;
    (next[Math.min(LONGEST, n + 1)] as number) += share * up;
    (next[Math.max(0, n - 1)] as number) += share * (1 - up);
  }
  return next;
}

/** Returns the mean time in the system at `load` per server, with a board that is refreshed every `everyMs`. */
export function staleBoardTime(load: number, everyMs: number): number {
  const [none, half, all] = [0, load, 2 * load].map((rate) => period(rate, everyMs));
  if (none === undefined || half === undefined || all === undefined) return Number.NaN;
  const periodOf = (own: number, other: number) => (own < other ? all : own > other ? none : half);
  let share = Array.from({ length: SIZE }, () => new Float64Array(SIZE));
  (share[0] as Float64Array)[0] = 1;
  for (let round = 0; round < 3000; round++) {
    const next = advanced(share, periodOf);
    let change = 0;
    for (const [i, row] of next.entries())
      for (const [j, value] of row.entries()) change += Math.abs(value - (share[i]?.[j] ?? 0));
    share = next;
    if (change < 1e-9) break;
  }
  let requests = 0;
  for (const [i, row] of share.entries())
    for (const [j, value] of row.entries())
      requests += value * ((periodOf(i, j).mean[i] ?? 0) + (periodOf(j, i).mean[j] ?? 0));
  return requests / (2 * load);
}

/** Moves both queues, which are independent within the period, from one refresh to the next. */
function advanced(
  share: readonly Float64Array[],
  periodOf: (own: number, other: number) => Period,
): Float64Array<ArrayBuffer>[] {
  const next = Array.from({ length: SIZE }, () => new Float64Array(SIZE));
  for (const [i, row] of share.entries()) {
    // Servers with the same queue i share what the other's queue j becomes: shorter, equal or longer.
    for (const kind of [-1, 0, 1]) {
      const other = new Float64Array(SIZE);
      let any = 0;
      for (const [j, value] of row.entries()) {
        if (Math.sign(j - i) !== kind || value < 1e-16) continue;
        any += value;
        const moves = periodOf(j, i).after[j] as Float64Array;
        for (let n = 0; n < SIZE; n++) (other[n] as number) += value * (moves[n] as number);
      }
      if (any === 0) continue;
      const own = periodOf(i, i + kind).after[i] as Float64Array;
      for (const [a, value] of own.entries()) {
        if (value < 1e-16) continue;
        const target = next[a] as Float64Array;
        for (let b = 0; b < SIZE; b++) (target[b] as number) += value * (other[b] as number);
      }
    }
  }
  return next;
}
