// n servers with one worker each, Poisson arrivals, exponential service and a rule that sends each arrival by the
// lengths of the queues: the whole system is a Markov chain, which is solved with the queues cut at `longest`. An
// arrival at a queue of that length is lost; `cut` says how many are, so that a check can tell that none matter.
import { Chain } from "./chain.ts";

/** Returns for each server the probability that an arrival is sent to it. `lengths` holds the requests on each server. */
export type Rule = (lengths: readonly number[]) => readonly number[];

export interface ParallelQueues {
  /** Arrivals per unit of time, to all servers together. */
  readonly rate: number;
  /** How many requests each server finishes per unit of time while it has any. */
  readonly speeds: readonly number[];
  readonly rule: Rule;
  readonly longest: number;
}

export interface Solution {
  /** The mean time in the system, by Little's law. */
  readonly meanTime: number;
  /** At k: the share of the servers that hold at least k requests, averaged over time. */
  readonly tails: readonly number[];
  /** For each server the share of the arrivals that it gets. Meaningless when the servers were exchangeable. */
  readonly shares: readonly number[];
  /** The share of the arrivals that were lost because a queue was at its longest. */
  readonly cut: number;
  readonly states: number;
}

/** Solves the chain. With equal speeds the servers are taken as exchangeable, so the rule must not tell them apart. */
export function solveParallel({ rate, speeds, rule, longest }: ParallelQueues): Solution {
  const exchangeable = speeds.every((speed) => speed === speeds[0]);
  const lists = exchangeable ? sorted(speeds.length, longest) : all(speeds.length, longest);
  const codes = new Map(lists.map((lengths, state) => [codeOf(lengths, longest), state]));
  const chain = new Chain(lists.length);
  const stateOf = (lengths: readonly number[], server: number, by: number) => {
    const next = [...lengths];
    next[server] = (next[server] ?? 0) + by;
    if (exchangeable) next.sort((a, b) => b - a);
    return codes.get(codeOf(next, longest)) ?? -1;
  };
  const sent = lists.map((lengths, state) => {
    const probabilities = rule(lengths);
    for (const [server, length] of lengths.entries()) {
      if (length > 0) chain.add(state, stateOf(lengths, server, -1), speeds[server] ?? 0);
      if (length < longest)
        chain.add(state, stateOf(lengths, server, 1), rate * (probabilities[server] ?? 0));
    }
    return probabilities;
  });
  return summed(chain.stationary(), lists, sent, { rate, longest });
}

function summed(
  time: Float64Array,
  lists: readonly (readonly number[])[],
  sent: readonly (readonly number[])[],
  { rate, longest }: { readonly rate: number; readonly longest: number },
): Solution {
  const shares = (lists[0] ?? []).map(() => 0);
  const tails = new Array<number>(longest + 1).fill(0);
  let cut = 0;
  for (const [state, lengths] of lists.entries()) {
    const share = time[state] ?? 0;
    for (const [server, length] of lengths.entries()) {
      const to = share * (sent[state]?.[server] ?? 0);
      for (let k = 0; k <= length; k++) tails[k] = (tails[k] ?? 0) + share / lengths.length;
      if (length === longest) cut += to;
      else shares[server] = (shares[server] ?? 0) + to;
    }
  }
  const requests = tails.slice(1).reduce((sum, tail) => sum + tail, 0) * shares.length;
  return {
    tails,
    meanTime: requests / (rate * (1 - cut)),
    shares: shares.map((share) => share / (1 - cut)),
    cut,
    states: lists.length,
  };
}

/** Writes the lengths as one number. */
const codeOf = (lengths: readonly number[], longest: number) =>
  lengths.reduce((code, length) => code * (longest + 1) + length, 0);

/** Returns every list of `count` lengths. */
function all(count: number, longest: number): number[][] {
  if (count === 0) return [[]];
  return all(count - 1, longest).flatMap((before) =>
    Array.from({ length: longest + 1 }, (_, length) => [...before, length]),
  );
}

/** Returns every list of `count` lengths in falling order. */
function sorted(count: number, longest: number): number[][] {
  if (count === 0) return [[]];
  return sorted(count - 1, longest).flatMap((before) =>
    Array.from({ length: (before.at(-1) ?? longest) + 1 }, (_, length) => [...before, length]),
  );
}
