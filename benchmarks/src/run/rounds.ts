// Chooses the number and length of rounds, within what a generator can measure.
import type { Generator } from "../load/generator.ts";

/** How many measurements are made of each peer, and how long each measurement is. */
export interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
}

/** Returns rounds of whole seconds, each at least `least` long, that together take about as long as `usual`. */
function inWholeSeconds(usual: Rounds, least: number): Rounds {
  const seconds = Math.max(least, Math.ceil(usual.seconds));
  return { seconds, rounds: Math.max(1, Math.round((usual.rounds * usual.seconds) / seconds)) };
}

/**
 * Returns a third of the rounds, each three times as long. At a fixed rate few requests are sent, and a p99 needs
 * many requests in one round.
 */
export function forLatencies({ rounds, seconds }: Rounds): Rounds {
  return { rounds: Math.ceil(rounds / 3), seconds: Math.round(seconds * 3000) / 1000 };
}

/**
 * Returns the usual rounds, changed so that `generator` can make them. Options of the command line take precedence.
 */
export function roundsFor(
  usual: Rounds,
  asked: Partial<Rounds>,
  { wholeSeconds }: Pick<Generator, "wholeSeconds">,
): Rounds {
  if (wholeSeconds === undefined) return { ...usual, ...asked };
  const possible = inWholeSeconds(usual, wholeSeconds);
  const { rounds = possible.rounds, seconds = possible.seconds } = asked;
  return { rounds, seconds: Math.max(wholeSeconds, Math.round(seconds)) };
}
