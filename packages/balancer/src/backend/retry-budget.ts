// How many of a thread's requests may be second tries at once, so that a struggling backend is not pushed over by its
// own retries (Envoy's retry budget: 20 % of active requests, at least 3). When one of n servers crashes, 1/n of the
// requests in flight lose their server, which is more than 20 % if servers are few. Retries are meant for just these
// requests. So the allowed share is never below 1/n. The share is taken of the highest number of requests that were in
// flight within the last second, because requests at the other servers may end before the requests of the crashed
// server ask for a retry. With two servers the budget allows every retry, because a request that failed on one server
// has only one other server to go to. So retries can at most double the load, and a crash costs no client its answer.

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

  /** Sets how many servers the backend has. */
  set servers(servers: number) {
    this.#share = servers <= 2 ? 1 : Math.max(SHARE, 1 / servers);
  }

  /** Notes that `active` requests are in flight at `now` (milliseconds). */
  note(active: number, now: number): void {
    if (active < this.#peak && now - this.#peakAt < PEAK_MS) return;
    this.#peak = active;
    this.#peakAt = now;
  }

  /**
   * Asks for permission to retry one request. Returns false when too many retries are running. When it returns true,
   * the caller must call `giveBack` when the request has ended.
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
