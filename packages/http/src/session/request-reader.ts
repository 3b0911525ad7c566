// The heads of one client's requests, one after another: whole ones in one go, pieces kept until they are whole.
import { HeadReader } from "../h1/head-reader.ts";
import type { RequestLimits } from "../h1/limits.ts";
import { parseRequest, parseRequestHead } from "../h1/parse-request.ts";
import { WholeHead } from "../h1/whole-head.ts";
import { RequestHead, type RequestSection } from "../message/head.ts";
import type { ProtocolFailure } from "../message/protocol-failure.ts";

/** Scratch: filled and used within one call. */
const WHOLE = new WholeHead();

export class RequestReader {
  /** When the first byte of the head came. */
  startedAt = 0;
  /** Bytes of the head, without its empty line. */
  headBytes = 0;
  readonly #limits: RequestLimits;
  /** From the first head on that does not come whole and alone. */
  #pieces: HeadReader | undefined = undefined;
  /** The fields of the request before: the next one's are often the same. */
  #before: RequestSection | undefined = undefined;
  /** Nothing had come behind the last head when it was read. */
  alone = false;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  /** A part of a head has come. */
  get started(): boolean {
    return this.#pieces?.started === true;
  }

  /** Nothing has come since the last head, not even an empty line. */
  get untouched(): boolean {
    return this.#pieces?.untouched !== false;
  }

  /** The common case: bytes that are a head and nothing else. Undefined when they are not. */
  whole(memory: Buffer, length: number, now: number): RequestHead | ProtocolFailure | undefined {
    const { requestLine, head } = this.#limits;
    const surelyWithin = Math.min(requestLine, head); // whatever its lines
    if (!WHOLE.read(memory, length, surelyWithin, this.#before?.text)) return undefined;
    this.startedAt = now;
    this.headBytes = length;
    this.alone = true;
    const found = parseRequest(WHOLE.line, WHOLE.section, this.#limits, this.#before);
    if (found instanceof RequestHead) this.#before = found.section;
    return found;
  }

  /**
   * Takes bytes from `offset` on, up to the end of a head. Returns that head and where the next byte is, or why
   * it is refused; undefined when all were taken and more are needed.
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
