// A request that waits for a promise of a filter. The wait ends when the promise settles, when the
// filter has taken too long or when the client leaves, whichever comes first. Everything after the
// end of the wait is ignored.
import type { Verdict } from "@tandem/filters";
import type { AbortCause, Exchange, ExchangeListener } from "@tandem/http/exchange";
import type { Clock, Timer } from "@tandem/transport";

/** The methods for the ways in which the wait may end. Exactly one of them is called, once. */
export interface WaitEnd {
  came(verdict: Verdict): void;
  failed(error: unknown): void;
  aborted(cause: AbortCause): void;
}

export class Waiting implements ExchangeListener {
  readonly #exchange: Exchange;
  readonly #end: WaitEnd;
  #timer: Timer | undefined = undefined;
  #over = false;

  constructor(exchange: Exchange, end: WaitEnd) {
    this.#exchange = exchange;
    this.#end = end;
  }

  start(promise: Promise<Verdict>, clock: Clock, ms: number): void {
    this.#exchange.listener = this;
    this.#timer = clock.after(ms, () => {
      if (this.#close()) this.#end.failed(new Error(`It took longer than ${ms} ms`));
    });
    Promise.resolve(promise).then(
      (verdict) => {
        if (this.#close()) this.#end.came(verdict);
      },
      (error: unknown) => {
        if (this.#close()) this.#end.failed(error);
      },
    );
  }

  drained(): void {}

  /**
   * A client that half-closes while its request waits counts as gone, as it does while its request waits in a queue.
   */
  halfClosed(): void {
    this.#exchange.truncate();
    this.aborted("client-closed");
  }

  aborted(cause: AbortCause): void {
    if (this.#close()) this.#end.aborted(cause);
  }

  /** Ends the wait. Returns false when the wait had ended already. */
  #close(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#timer?.cancel();
    return true;
  }
}
