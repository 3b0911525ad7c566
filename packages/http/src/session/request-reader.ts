// Reads the heads of one client's requests, one after another. A head that comes whole is read at once; pieces of a
// head are kept until it is whole.
import { HeadReader } from "../h1/head-reader.ts";
import type { RequestLimits } from "../h1/limits.ts";
import { parseRequest, parseRequestHead } from "../h1/parse-request.ts";
import { WholeHead } from "../h1/whole-head.ts";
import { RequestHead, type RequestSection } from "../message/head.ts";
import type { ProtocolFailure } from "../message/protocol-failure.ts";

/** Reused scratch memory. It is filled and read within one call. */
const WHOLE = new WholeHead();

export class RequestReader {
  /** When the first byte of the head came. */
  startedAt = 0;
  /** How many bytes the head has, its empty line included. */
  headBytes = 0;
  readonly #limits: RequestLimits;
  /** The reader for heads in pieces; undefined until a head comes in pieces or together with other bytes. */
  #pieces: HeadReader | undefined = undefined;
  /** The fields of the last request that `whole` read. A next request with equal fields is not parsed in full. */
  #before: RequestSection | undefined = undefined;
  /** Whether no bytes followed the last head in the same read. */
  alone = false;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  /** Returns whether part of a head has come. */
  get started(): boolean {
    return this.#pieces?.started === true;
  }

  /** Returns whether nothing has come since the last head, not even an empty line. */
  get untouched(): boolean {
    return this.#pieces?.untouched !== false;
  }

  /**
   * Reads bytes that are exactly one head, which is the most common case. Returns undefined when the bytes are
   * anything else.
   */
  whole(memory: Buffer, length: number, now: number): RequestHead | ProtocolFailure | undefined {
    const { requestLine, head } = this.#limits;
    const surelyWithin = Math.min(requestLine, head); // a head of that size exceeds neither limit
    if (!WHOLE.read(memory, length, surelyWithin, this.#before?.text)) return undefined;
    this.startedAt = now;
    this.headBytes = length;
    this.alone = true;
    const found = parseRequest(WHOLE.line, WHOLE.section, this.#limits, this.#before);
    if (found instanceof RequestHead) this.#before = found.section;
    return found;
  }

  /**
   * Takes bytes starting at `offset`, up to the end of a head. Returns that head and the position after it, or the
   * reason why the head is refused. Returns undefined when all bytes were taken and the head is not complete.
   */
  read(
    chunk: Buffer,
    offset: number,
    now: number,
  ): { readonly head: RequestHead; readonly next: number } | ProtocolFailure | undefined {
    this.#pieces ??= new HeadReader(this.#limits);
    const pieces = this.#pieces;
    if (!pieces.started) this.startedAt = now;
    const next = pieces.read(chunk, offset);
    if (pieces.failure !== undefined) return pieces.failure;
    if (next < 0) return undefined;
    this.alone = next === chunk.length;
    const { text } = pieces;
    pieces.reset();
    this.headBytes = text.length + 2;
    const head = parseRequestHead(text, this.#limits);
    return head instanceof RequestHead ? { head, next } : head;
  }
}
