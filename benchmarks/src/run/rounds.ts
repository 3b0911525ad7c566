// The number and length of a measurement's rounds, as a generator can make them.
import type { Generator } from "../load/generator.ts";

/** Measurements of each peer, and how long each of them is. */
export interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
}

/** `usual`, or about as much time in whole seconds, `least` or more. */
function inWholeSeconds(usual: Rounds, least: number): Rounds {
  const seconds = Math.max(least, Math.ceil(usual.seconds));
  return { seconds, rounds: Math.max(1, Math.round((usual.rounds * usual.seconds) / seconds)) };
}

/** As much time in fewer rounds: at a fixed rate few requests are sent, and a p99 needs many. */
export function forLatencies({ rounds, seconds }: Rounds): Rounds {
  return { rounds: Math.ceil(rounds / 3), seconds: Math.round(seconds * 3000) / 1000 };
}

/** The usual rounds as `generator` can make them; options of the command line take precedence. */
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
