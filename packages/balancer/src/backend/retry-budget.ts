// How many of a thread's requests may be second tries at once, so that a struggling backend is not
// pushed over by its own retries (Envoy's retry budget: 20 % of active requests, at least 3). With few
// servers one crash orphans more than 20 %: its fair share, 1/n of what is in flight, and just those
// are the requests retrying is for. So the share is never below 1/n; and it is counted from the most that
// was in flight within the last second, because the survivors' requests are over before the orphans ask.
// Of two servers there is no budget: a request that failed on one has one other place to go, so retries
// can at most double the load, and a crash must not cost any client its answer.

const SHARE = 0.2;
const LEAST = 3;
const PEAK_MS = 1_000;

export class RetryBudget {
  #share = 1;
  #retrying = 0;
  #peak = 0;
  #peakAt = 0;

  constructor(servers: number) {
    this.servers = servers;
  }

  /** How many servers there are. */
  set servers(servers: number) {
    this.#share = servers <= 2 ? 1 : Math.max(SHARE, 1 / servers);
  }

  /** Notes that `active` requests are in flight now. */
  note(active: number, now: number): void {
    if (active < this.#peak && now - this.#peakAt < PEAK_MS) return;
    this.#peak = active;
    this.#peakAt = now;
  }

  /**
   * Takes a place for a retry, to be given back when the request is over. Returns false when all places are taken.
   */
  take(): boolean {
    if (this.#retrying >= Math.max(LEAST, Math.ceil(this.#peak * this.#share))) return false;
    this.#retrying += 1;
    return true;
  }

  giveBack(): void {
    this.#retrying -= 1;
  }
}
