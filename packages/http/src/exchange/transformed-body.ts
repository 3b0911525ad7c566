// Sends the body of an answer through transforms. This object stands between the code that relays the answer (the
// owner) and the exchange: the owner writes the body to it, and it calls the owner's `drained` and `aborted`, which
// the exchange would call otherwise. An error of a transform is reported to the owner once.
import type { Fields } from "../message/fields.ts";
import type { AnswerBody, MakeTransform } from "./body-transform.ts";
import type { AbortCause, Exchange, ExchangeListener } from "./exchange.ts";
import { TransformStage } from "./transform-stage.ts";

/** The code that relays the answer to the client and owns the transforms of its body. */
export interface TransformOwner extends ExchangeListener {
  /** Called once, when the new body is complete and the answer has ended. Not called after `transformFailed`. */
  transformed(): void;
  /**
   * Called when the transform at `index` threw or was too slow, so that the answer cannot be completed. The owner has
   * to take the answer back or cut it short. No transform is called any more.
   */
  transformFailed(error: Error, index: number): void;
}

/**
 * The longest time, `ms` milliseconds, for which transforms may send nothing to a client that is
 * ready for more bytes. `after` starts a timer.
 */
export interface TransformPatience {
  readonly ms: number;
  after(ms: number, call: () => void): { cancel(): void };
}

export class TransformedBody implements AnswerBody, ExchangeListener {
  readonly #exchange: Exchange;
  readonly #owner: TransformOwner;
  readonly #patience: TransformPatience;
  /** The stages, in the order from the server to the client. */
  readonly #stages: TransformStage[] = [];
  #over = false;
  #timer: { cancel(): void } | undefined = undefined;

  constructor(exchange: Exchange, owner: TransformOwner, patience: TransformPatience) {
    this.#exchange = exchange;
    this.#owner = owner;
    this.#patience = patience;
  }

  /**
   * Makes the transforms. The transform at index 0 gets the bytes that are written to this object.
   * Call `open` after the exchange's `respond`.
   */
  open(makes: readonly MakeTransform[]): void {
    this.#exchange.listener = this;
    const exchange = this.#exchange;
    let next: AnswerBody = {
      write: (chunk) => exchange.write(chunk),
      writeText: (text) => exchange.writeText(text),
      flush: () => exchange.flush(),
      end: (trailers) => this.#ended(trailers),
    };
    for (const [i, make] of [...makes.entries()].reverse()) {
      const before = { drained: () => this.#drainedBefore(i) };
      const stage = new TransformStage(next, before, (error) => this.#fail(error, i));
      this.#stages.unshift(stage);
      next = stage;
      try {
        stage.open(make);
      } catch (error) {
        this.#fail(error, i);
        return;
      }
    }
  }

  // Implements AnswerBody, for the bytes that the server sent.

  write(chunk: Buffer): void {
    if (!this.#over && chunk.length > 0) this.#stages[0]?.write(chunk);
  }

  writeText(text: string): void {
    this.write(Buffer.from(text, "latin1"));
  }

  flush(): boolean {
    if (this.#over) return true;
    const takes = this.#stages[0]?.flush() ?? true;
    this.#watch();
    return takes;
  }

  end(trailers?: Fields): void {
    if (this.#over) return;
    this.#stages[0]?.end(trailers);
    this.#watch();
  }

  /**
   * Called when the answer is given up or taken back. From then on the exchange reports its events
   * directly to the owner again.
   */
  abandon(): void {
    if (this.#over) return;
    this.#close();
    for (const stage of this.#stages) stage.abandon();
  }

  // Implements ExchangeListener, for events of the client.

  drained(): void {
    if (this.#over) this.#owner.drained();
    else this.#stages.at(-1)?.drained();
  }

  halfClosed(): void {
    this.#owner.halfClosed();
  }

  finished(): void {
    this.#owner.finished?.();
  }

  aborted(cause: AbortCause): void {
    this.abandon();
    this.#owner.aborted(cause);
  }

  /** Called when the stage at `index` takes bytes again, so that the stage before it may go on. */
  #drainedBefore(index: number): void {
    const before = this.#stages[index - 1];
    if (before !== undefined) before.drained();
    else this.#owner.drained();
  }

  #ended(trailers: Fields | undefined): void {
    if (this.#over) return;
    this.#close();
    this.#exchange.end(trailers);
    this.#owner.transformed();
  }

  #fail(thrown: unknown, index: number): void {
    if (this.#over) return;
    this.abandon();
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.#owner.transformFailed(error, index);
  }

  #close(): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#exchange.listener = this.#owner;
  }

  /** While the client waits for a transform, checks that the transform makes progress. */
  #watch(): void {
    if (this.#over || this.#timer !== undefined) return;
    if (!this.#stages.some(({ awaited }) => awaited)) return;
    const { ms } = this.#patience;
    for (const stage of this.#stages) stage.moved = false;
    this.#timer = this.#patience.after(ms, () => {
      this.#timer = undefined;
      const stuck = this.#stages.findIndex(({ awaited }) => awaited);
      const moved = this.#stages.some((stage) => stage.moved || stage.blocked);
      if (stuck >= 0 && !moved) this.#fail(new Error(`It took longer than ${ms} ms`), stuck);
      else this.#watch();
    });
  }
}
