// Collects the lines of a head or trailer section up to the empty line, in whatever pieces the bytes arrive. It is the
// slow path, for heads that do not arrive in one piece, and for trailers. A section is refused at its first invalid
// byte, or as soon as it exceeds a limit; bytes beyond a limit are not stored.
//
//   LINE_START ──text──▶ IN_LINE ──CR──▶ LINE_CR ──LF──▶ LINE_START
//        └──────CR──▶ EMPTY_CR ──LF──▶ complete
import { ProtocolFailure, type Sender, tooLarge } from "../message/protocol-failure.ts";
import { CR, LF, TEXT } from "../text/chars.ts";
import { refuseByte } from "./bad-byte.ts";

const LINE_START = 0;
const IN_LINE = 1;
const LINE_CR = 2;
const EMPTY_CR = 3;

const FIRST_ALLOCATION = 1024;
const NOTHING = Buffer.alloc(0);

/** Reads one section at a time. Call `reset` before the next section. */
export class SectionReader {
  failure: ProtocolFailure | undefined;
  readonly #firstLine: number;
  readonly #total: number;
  readonly #sender: Sender;
  #store: Buffer;
  #length: number;
  #state: number;
  #inFirstLine: boolean;

  /**
   * @param firstLine limit of the first line in bytes, without its CRLF
   * @param total limit of all lines together in bytes, with their CRLFs
   */
  constructor(firstLine: number, total: number, sender: Sender) {
    this.failure = undefined;
    this.#firstLine = firstLine;
    this.#total = total;
    this.#sender = sender;
    this.#store = NOTHING;
    this.#length = 0;
    this.#state = LINE_START;
    this.#inFirstLine = true;
  }

  /** Returns whether bytes of a section have arrived. */
  get started(): boolean {
    return this.#length > 0 || this.#state !== LINE_START;
  }

  /** Returns the lines read so far, each with its CRLF, without the empty line. */
  get text(): string {
    return this.#store.toString("latin1", 0, this.#length);
  }

  /** Returns the first line; undefined until it is complete. */
  get firstLine(): string | undefined {
    return this.#inFirstLine ? undefined : this.text.slice(0, this.text.indexOf("\r\n"));
  }

  /** Returns the first `bytes` bytes of the section, or fewer if fewer have come. */
  first(bytes: number): string {
    return this.#store.toString("latin1", 0, Math.min(this.#length, bytes));
  }

  reset(): void {
    this.failure = undefined;
    this.#store = NOTHING;
    this.#length = 0;
    this.#state = LINE_START;
    this.#inFirstLine = true;
  }

  /**
   * Reads bytes from `offset` on. Returns the index after the empty line. -1 means that more bytes are
   * needed, or that `failure` is set.
   */
  read(chunk: Buffer, offset: number): number {
    const before = this.#length;
    let state = this.#state;
    for (let i = offset; i < chunk.length; i++) {
      const code = chunk[i] as number;
      const at = before + i - offset;
      if (state === LINE_CR || state === EMPTY_CR) {
        if (code !== LF) return this.#refuse(chunk, offset, i - 1);
        if (state === EMPTY_CR) {
          this.#keep(chunk, offset, i - 1);
          return i + 1;
        }
        state = LINE_START;
        this.#inFirstLine = false;
        if (at >= this.#total) return this.#tooLong(chunk, offset, i + 1);
      } else if (code === CR) {
        state = state === LINE_START ? EMPTY_CR : LINE_CR;
      } else if (TEXT[code] === 1) {
        if (this.#inFirstLine && at >= this.#firstLine)
          return this.#firstLineTooLong(chunk, offset, i);
        if (at >= this.#total) return this.#tooLong(chunk, offset, i);
        state = IN_LINE;
      } else return this.#refuse(chunk, offset, i);
    }
    this.#state = state;
    this.#keep(chunk, offset, chunk.length);
    return -1;
  }

  #keep(chunk: Buffer, from: number, to: number): void {
    // The empty line is not kept. If its CR was the last byte of the earlier chunk, that CR was stored, and `added`
    // is -1: the CR is removed now.
    const added = to - from;
    const length = this.#length + added;
    if (added > 0) {
      if (length > this.#store.length) {
        const grown = Buffer.allocUnsafe(Math.max(FIRST_ALLOCATION, length * 2));
        this.#store.copy(grown, 0, 0, this.#length);
        this.#store = grown;
      }
      chunk.copy(this.#store, this.#length, from, to);
    }
    this.#length = length;
  }

  #refuse(chunk: Buffer, offset: number, at: number): number {
    const code = at < offset ? CR : (chunk[at] as number); // the CR may be in the previous chunk
    this.failure = refuseByte(code, this.#length + at - offset, this.#sender);
    this.#keep(chunk, offset, at);
    return -1;
  }

  #firstLineTooLong(chunk: Buffer, offset: number, at: number): number {
    this.#keep(chunk, offset, at);
    const limit = this.#firstLine;
    this.failure =
      this.#sender === "client"
        ? new ProtocolFailure(
            "request-line-too-long",
            414,
            `The request line is longer than ${limit} bytes`,
          )
        : new ProtocolFailure(
            "status-line-too-long",
            502,
            `The status line is longer than ${limit} bytes`,
          );
    return -1;
  }

  #tooLong(chunk: Buffer, offset: number, at: number): number {
    this.#keep(chunk, offset, at);
    this.failure = new ProtocolFailure(
      "head-too-large",
      tooLarge(this.#sender),
      `The header or trailer section is longer than ${this.#total} bytes`,
    );
    return -1;
  }
}
