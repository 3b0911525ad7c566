// The order of the peers in each round: A B C, then C B A, and so on. A machine that gets slower
// during a run then affects all peers alike, and the peer measured just before another peer changes
// from round to round.

/** Returns `peers` in the order for a round, counted from 1. */
export function turnsOf<T>(peers: readonly T[], round: number): readonly T[] {
  return round % 2 === 1 ? peers : peers.toReversed();
}
