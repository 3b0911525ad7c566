// Notices that the worker does not answer, because an algorithm of the user's own is in an endless loop. Nothing but the
// end of the worker ends such a loop. Built-in algorithms have none, so a page without files does not wait for this.

/** The worker answers an order within a second or two, also on a slow machine. */
export const PATIENCE_MS = 20_000;

/** Watches one worker. `lost` is called once, when an order has had no answer for PATIENCE_MS. */
export class Patience {
  readonly #lost: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(lost: () => void) {
    this.#lost = lost;
  }

  /** An order was sent. */
  begin(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#lost, PATIENCE_MS);
  }

  /** The order was answered. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
