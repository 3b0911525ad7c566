// Whose turn it is: A B C, then C B A, and so on. A machine that gets slower during a run then does no peer
// more harm than another, and none has the same one before it all the time.

/** The order of `peers` in a round, counted from 1. */
export function turnsOf<T>(peers: readonly T[], round: number): readonly T[] {
  return round % 2 === 1 ? peers : peers.toReversed();
}
