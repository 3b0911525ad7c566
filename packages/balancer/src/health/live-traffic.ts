// Finds out from visitors' requests whether a server works. This is for servers that are not checked regularly. The
// facts are read from counters that exist anyway, so requests do not become slower. The result is only shown to the
// operator, and never decides which servers get requests.
import { COUNTER } from "../memory/counters.ts";
import type { Tally } from "../memory/tally.ts";

/**
 * What the last requests show about the server. answers: the server gave an answer with a status below 500. fails: the
 * server could not be reached, or its answer was missing or broken. none: there were no requests, or only answers with
 * 5xx from the server itself. A 5xx does not show whether the server works, because only one page may be at fault.
 */
export type TrafficResult = "none" | "answers" | "fails";

export class LiveTraffic {
  readonly #tally: Tally;
  #seen: Sums;
  #word: TrafficResult = "none";

  constructor(tally: Tally) {
    this.#tally = tally;
    this.#seen = sums(tally);
  }

  get word(): TrafficResult {
    return this.#word;
  }

  /** Called after a check. The check is newer than all requests so far, so from now on only later requests count. */
  restart(): void {
    this.#seen = sums(this.#tally);
    this.#word = "none";
  }

  /**
   * Reads from the counters how requests went since the last call. Returns whether a connection to the server has
   * failed since the last call.
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
  /** The number of finished requests for which the server sent the head of an answer. */
  readonly answered: number;
  /** The number of finished requests with a status below 500, from the server or from the balancer itself. */
  readonly good: number;
  /** The number of connections to the server that could not be opened. */
  readonly refused: number;
  /** The number of answers that did not come or were malformed. */
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
