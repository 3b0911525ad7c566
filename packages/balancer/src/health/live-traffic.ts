// Finds out from visitors' requests whether a server without regular checks works, because nothing else shows that.
// This is read from counters that exist anyway, so it costs the requests nothing. The result is only shown to the
// operator, and never decides which servers get requests.
import { COUNTER } from "../memory/counters.ts";
import type { Tally } from "../memory/tally.ts";

/**
 * The result of the last requests that mean something here. none: there were no such requests. answers: the server
 * gave an answer with a status below 500. fails: the server could not be reached, or its answer was missing or
 * broken. A 5xx that the server itself sends means nothing here: one page may be at fault, and whether other pages
 * work is not known.
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

  /** Called after a check. The check is newer than all requests so far, so from now on only later requests count. */
  restart(): void {
    this.#seen = sums(this.#tally);
    this.#word = "none";
  }

  /**
   * Reads from the counters how requests went since the last call. Returns whether connections for them have failed.
   */
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
  /** Finished requests for which the server sent the head of an answer. */
  readonly answered: number;
  /** Finished requests with a status below 500, whether it came from the server or from the balancer. */
  readonly good: number;
  /** Connections that could not be made. */
  readonly refused: number;
  /** Answers that did not come, or were malformed. */
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
