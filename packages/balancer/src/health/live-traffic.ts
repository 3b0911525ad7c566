// What visitors' requests tell of a server that no check of ours looks at: nothing else would show whether it
// works. Read from the counters that are kept anyway, so no request pays for it. It decides what the operator is told,
// never who gets requests.
import { COUNTER } from "../memory/counters.ts";
import type { Tally } from "../memory/tally.ts";

/**
 * What the last requests that told anything showed. none: there were no such requests; answers: the server gave an
 * answer below 500; fails: it could not be reached, or gave no answer or a broken one. Its own 5xx tell nothing: they
 * may be one page's, and they do not prove that the others work.
 */
export type TrafficWord = "none" | "answers" | "fails";

export class LiveTraffic {
  readonly #tally: Tally;
  #seen: Sums;
  #word: TrafficWord = "none";

  constructor(tally: Tally) {
    this.#tally = tally;
    this.#seen = sums(tally);
  }

  get word(): TrafficWord {
    return this.#word;
  }

  /** Something newer is known than what requests have told so far: from here on only the next ones count. */
  restart(): void {
    this.#seen = sums(this.#tally);
    this.#word = "none";
  }

  /** Takes in the requests since the last look. Returns whether connections for them have failed. */
  look(): boolean {
    const [before, now] = [this.#seen, sums(this.#tally)];
    this.#seen = now;
    const refused = now.refused > before.refused;
    if (now.answered > before.answered && now.good > before.good) this.#word = "answers";
    else if (refused || now.broken > before.broken) this.#word = "fails";
    return refused;
  }
}

interface Sums {
  /** Requests over, to which the server gave the head of an answer. */
  readonly answered: number;
  /** Requests over with a status below 500, the server's or one of ours. */
  readonly good: number;
  /** Connections that could not be made. */
  readonly refused: number;
  /** Answers that did not come, or were none. */
  readonly broken: number;
}

function sums(tally: Tally): Sums {
  return {
    answered: tally.sum(COUNTER.timed),
    good: GOOD.reduce((sum, counter) => sum + tally.sum(counter), 0),
    refused: tally.sum(COUNTER.connectErrors),
    broken: tally.sum(COUNTER.responseErrors),
  };
}

const GOOD = [
  COUNTER.responses1xx,
  COUNTER.responses2xx,
  COUNTER.responses3xx,
  COUNTER.responses4xx,
];
