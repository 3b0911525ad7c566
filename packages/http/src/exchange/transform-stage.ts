// One transform in its row: what is written to it goes through the transform to the next one, and what holds the next
// one up holds up what is before it. A transform that has ended, or whose answer was given up, reaches nothing more.
import type { Fields } from "../message/fields.ts";
import type {
  AnswerBody,
  BodyTransform,
  MakeTransform,
  TransformTarget,
} from "./body-transform.ts";

export class TransformStage implements AnswerBody {
  /** It has written, sent or taken again since this was last set to false. */
  moved = false;
  /** What comes after it takes no more at the moment. */
  blocked = false;
  readonly #next: AnswerBody;
  readonly #before: { drained(): void };
  readonly #failed: (error: unknown) => void;
  #transform: BodyTransform | undefined = undefined;
  /** It takes no more until it says `ready`. */
  #behind = false;
  /** Who writes to it was told to wait. */
  #holding = false;
  /** All of the body was written to it. */
  #complete = false;
  #over = false;

  constructor(next: AnswerBody, before: { drained(): void }, failed: (error: unknown) => void) {
    this.#next = next;
    this.#before = before;
    this.#failed = failed;
  }

  /** Throws what `make` throws. */
  open(make: MakeTransform): void {
    this.#transform = make(this.#target());
  }

  /** Something is to come from it. */
  get awaited(): boolean {
    return !this.#over && (this.#behind || this.#complete);
  }

  write(chunk: Buffer): void {
    if (this.#over || this.#complete) return;
    try {
      this.#transform?.write(chunk);
    } catch (error) {
      this.#failed(error);
    }
  }

  writeText(text: string): void {
    this.write(Buffer.from(text, "latin1"));
  }

  flush(): boolean {
    if (this.#over) return true;
    try {
      this.#behind = this.#transform?.flush?.() === false;
    } catch (error) {
      this.#failed(error);
    }
    if (this.#over) return true;
    this.blocked = !this.#next.flush();
    this.#holding = this.blocked || this.#behind;
    return !this.#holding;
  }

  end(trailers?: Fields): void {
    if (this.#over || this.#complete) return;
    this.#complete = true;
    try {
      this.#transform?.end(trailers);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** What comes after it takes again. */
  drained(): void {
    if (this.#over) return;
    this.blocked = false;
    try {
      this.#transform?.drained?.();
    } catch (error) {
      this.#failed(error);
    }
    this.#goOn();
  }

  abandon(): void {
    if (this.#over) return;
    this.#over = true;
    try {
      this.#transform?.abandon?.();
    } catch {
      // The answer is given up already: there is nothing left to spoil.
    }
  }

  #target(): TransformTarget {
    return {
      write: (chunk) => {
        if (this.#over) return;
        this.moved = true;
        this.#next.write(chunk);
      },
      flush: () => {
        if (this.#over) return true;
        this.moved = true;
        this.blocked = !this.#next.flush();
        return !this.blocked;
      },
      ready: () => {
        this.moved = true;
        this.#behind = false;
        this.#goOn();
      },
      end: (trailers) => {
        if (this.#over) return;
        this.#over = true;
        this.#next.end(trailers);
        this.#letGo();
      },
      fail: (error) => {
        if (!this.#over) this.#failed(error);
      },
    };
  }

  #goOn(): void {
    if (this.#over || this.blocked || this.#behind) return;
    this.#letGo();
  }

  /** Who was told to wait waits no longer. */
  #letGo(): void {
    if (!this.#holding) return;
    this.#holding = false;
    this.#before.drained();
  }
}
