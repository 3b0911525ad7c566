// One transform in a row of transforms. Bytes that are written to the stage go through its
// transform to the next stage. When the next stage takes no more bytes, this stage makes the stage
// before it wait as well. A transform that has ended, or whose answer was given up, can write
// nothing more.
import type { Fields } from "../message/fields.ts";
import type {
  AnswerBody,
  BodyTransform,
  MakeTransform,
  TransformTarget,
} from "./body-transform.ts";

export class TransformStage implements AnswerBody {
  /** Whether the transform has written, flushed or become ready since this field was last set to false. */
  moved = false;
  /** Whether the next stage takes no more bytes at the moment. */
  blocked = false;
  readonly #next: AnswerBody;
  readonly #before: { drained(): void };
  readonly #failed: (error: unknown) => void;
  #transform: BodyTransform | undefined = undefined;
  /** Whether the transform takes no more bytes until it calls `ready`. */
  #behind = false;
  /** Whether the stage before this one was told to wait. */
  #holding = false;
  /** Whether the whole body was written to this stage. */
  #complete = false;
  #over = false;

  constructor(next: AnswerBody, before: { drained(): void }, failed: (error: unknown) => void) {
    this.#next = next;
    this.#before = before;
    this.#failed = failed;
  }

  /** Makes the transform. Throws the error that `make` throws. */
  open(make: MakeTransform): void {
    this.#transform = make(this.#target());
  }

  /** Returns whether the answer waits for the transform to produce something. */
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

  /** Called when the next stage takes bytes again. */
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
      // The answer was given up already, so the error changes nothing.
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

  /** If the stage before this one was told to wait, tells it to go on. */
  #letGo(): void {
    if (!this.#holding) return;
    this.#holding = false;
    this.#before.drained();
  }
}
