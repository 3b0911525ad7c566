// Finds the end of a head (RFC 9112 2.1), in whatever pieces its bytes arrive. Most heads arrive in one piece; for such
// a head, one search for the empty line and one Latin-1 slice are enough. A head in several pieces is read byte by byte
// by SectionReader.
import { malformed, ProtocolFailure, type Sender } from "../message/protocol-failure.ts";
import { CR, LF } from "../text/chars.ts";
import { latin1 } from "../text/latin1.ts";
import type { HeadLimits } from "./limits.ts";
import { refusedLine } from "./parse-request.ts";
import {
  isNoStatusLine,
  refusedStatusLine,
  refuseStatusLine,
  STATUS_LINE,
} from "./parse-response.ts";
import { SectionReader } from "./section-reader.ts";

/** RFC 9112 2.2 asks servers to ignore an empty line before a request. Some old clients sent two. */
const MOST_EMPTY_LINES = 2;

/** Reads one head at a time. Call `reset` before the next head. */
export class HeadReader {
  /**
   * The complete head: start line and field lines, each with its CRLF, without the empty line; "" until the head is
   * complete.
   */
  text: string;
  /** Set when the bytes that have come cannot be the beginning of a valid head; undefined otherwise. */
  failure: ProtocolFailure | undefined;
  readonly #section: SectionReader;
  readonly #sender: Sender;
  /** A head of at most this many bytes exceeds neither the limit of the first line nor the limit of the whole head. */
  readonly #surelyWithin: number;
  readonly #limits: HeadLimits;
  #lineRead: boolean;
  #emptyLines: number;
  #sawCr: boolean;

  /** @param sender which side sends the heads: only a client may send empty lines before a head */
  constructor(limits: HeadLimits, sender: Sender = "client") {
    this.text = "";
    this.failure = undefined;
    this.#section = new SectionReader(limits.requestLine, limits.head, sender);
    this.#sender = sender;
    this.#limits = limits;
    this.#lineRead = false;
    this.#surelyWithin = Math.min(limits.requestLine, limits.head);
    this.#emptyLines = 0;
    this.#sawCr = false;
  }

  /** Returns whether bytes of a head have arrived. Empty lines before the head do not count. */
  get started(): boolean {
    return this.text !== "" || this.#section.started;
  }

  /** Returns whether no byte has arrived since the last head, not even of an empty line. */
  get untouched(): boolean {
    return !this.started && this.#emptyLines === 0 && !this.#sawCr;
  }

  /** Makes the reader ready for the next head. */
  reset(): void {
    this.text = "";
    this.failure = undefined;
    this.#section.reset();
    this.#lineRead = false;
    this.#emptyLines = 0;
    this.#sawCr = false;
  }

  /**
   * Reads bytes from `offset` on. When the head is complete, it is in `text` and the result is the index just
   * after the empty line. -1 means that all bytes were read and more are needed, or that `failure` is set.
   */
  read(chunk: Buffer, offset: number): number {
    let from = offset;
    if (!this.#section.started) {
      from = this.#skipEmptyLines(chunk, offset);
      if (from < 0 || from === chunk.length) return -1;
      const end = chunk.indexOf("\r\n\r\n", from, "latin1");
      if (end >= 0 && end + 2 - from <= this.#surelyWithin) {
        this.text = latin1(chunk, from, end + 2);
        return end + 4;
      }
    }
    const next = this.#section.read(chunk, from);
    if (next >= 0) this.text = this.#section.text;
    else this.failure = this.#refusedLine() ?? this.#section.failure;
    return next;
  }

  /**
   * Returns the refusal of an invalid first line; undefined when the line is valid, incomplete, or checked already. The
   * line is checked before the head is complete, because the rest of an invalid head might never come: an HTTP/0.9
   * request has no fields, and a server of another protocol (`SSH-2.0-…`) waits for its client to send.
   */
  #refusedLine(): ProtocolFailure | undefined {
    if (this.#lineRead) return undefined;
    const section = this.#section;
    const server = this.#sender === "server";
    if (server && isNoStatusLine(section.first(STATUS_LINE.length))) {
      return refuseStatusLine(section.text);
    }
    const line = section.firstLine;
    if (line === undefined) return undefined;
    this.#lineRead = true;
    return server ? refusedStatusLine(line) : refusedLine(line, this.#limits);
  }

  /**
   * Returns the index of the first byte that does not belong to an empty line. Returns chunk.length when there is no
   * such byte, and -1 when it has set `failure`.
   */
  #skipEmptyLines(chunk: Buffer, offset: number): number {
    let i = offset;
    for (; i < chunk.length; i++) {
      const code = chunk[i];
      if (this.#sawCr) {
        if (code !== LF)
          return this.#refuse("bare-carriage-return", "CR without LF before the start line");
        this.#sawCr = false;
        this.#emptyLines++;
      } else if (code === CR) {
        if (this.#sender === "server" || this.#emptyLines === MOST_EMPTY_LINES) {
          return this.#refuse("empty-lines", "Empty lines in place of a start line");
        }
        this.#sawCr = true;
      } else break;
    }
    return i;
  }

  #refuse(code: string, message: string): number {
    this.failure = new ProtocolFailure(code, malformed(this.#sender), message);
    return -1;
  }
}
