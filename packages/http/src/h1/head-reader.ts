// Finds where a head ends (RFC 9112 2.1), however the bytes are cut. Most heads arrive whole: those cost
// one search for the empty line and one Latin-1 slice. The rest goes byte by byte through SectionReader.
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

/** RFC 9112 2.2 asks servers to forgive an empty line before a request; two is what old clients sent. */
const MOST_EMPTY_LINES = 2;

/** Reads one head at a time; `reset` between two. */
export class HeadReader {
  /** The complete head: start line and field lines, each with its CRLF, without the empty line. */
  text: string;
  /** Set when the bytes can never become a head. */
  failure: ProtocolFailure | undefined;
  readonly #section: SectionReader;
  readonly #sender: Sender;
  /** A head of at most this size is within both limits, whatever its lines. */
  readonly #surelyWithin: number;
  readonly #limits: HeadLimits;
  #lineRead: boolean;
  #emptyLines: number;
  #sawCr: boolean;

  /** @param sender who writes the heads: a server may put no empty lines before its own */
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

  /** Whether bytes of a head have arrived, empty lines before it not counted. */
  get started(): boolean {
    return this.text !== "" || this.#section.started;
  }

  /** Whether the next byte is the first since the last head, empty lines counted. */
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
   * Takes bytes from `offset` on. Returns the index just after the empty line when the head is complete
   * (it is in `text`), else -1: all bytes were taken and more are needed, or `failure` is set.
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
   * A first line that is none is refused as soon as that is certain, because nothing may follow it: HTTP/0.9 has no
   * fields, and a server of another protocol (`SSH-2.0-…`) waits for us.
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

  /** The index of the first byte that is not of an empty line, or -1 with `failure` set. */
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
