// The line before each chunk (RFC 9112 7.1): hexadecimal size, extensions, CRLF. Extensions are checked against their
// grammar and dropped, because parsers that accept malformed extensions have made request smuggling possible (in
// CVE-2025-22871 a parser accepted a bare LF as the end of such a line). The number of digits and of extension bytes is
// limited.
//
//   size = 1*HEX   ext = *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )
import { malformed, ProtocolFailure, type Sender } from "../message/protocol-failure.ts";
import { CR, HEX, HTAB, LF, SP, TEXT, TOKEN } from "../text/chars.ts";

const SIZE = 0;
const BEFORE_SEMICOLON = 1;
const BEFORE_NAME = 2;
const NAME = 3;
const AFTER_NAME = 4;
const BEFORE_VALUE = 5;
const VALUE = 6;
const QUOTED = 7;
const QUOTED_PAIR = 8;
const AFTER_VALUE = 9;
const LINE_END = 10;

/** A number of 13 hexadecimal digits is below 2^53, so a double holds it exactly. */
const MOST_DIGITS = 13;
/**
 * The limit for the extensions of all chunks of a body together. A limit for each chunk could be evaded with many small
 * chunks.
 */
const MOST_EXTENSION_BYTES = 4096;

const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const REFUSED = -1;

/** Reads one chunk line at a time. Call `restart` for a new body. */
export class ChunkLine {
  /** The size of the chunk, valid once `read` has returned an index. */
  size: number;
  failure: ProtocolFailure | undefined;
  readonly #sender: Sender;
  #state: number;
  #digits: number;
  #extensionBytes: number;

  constructor(sender: Sender) {
    this.size = 0;
    this.failure = undefined;
    this.#sender = sender;
    this.#state = SIZE;
    this.#digits = 0;
    this.#extensionBytes = 0;
  }

  restart(): void {
    this.next();
    this.failure = undefined;
    this.#extensionBytes = 0;
  }

  /** Prepares for the line of the next chunk of the same body. */
  next(): void {
    this.size = 0;
    this.#state = SIZE;
    this.#digits = 0;
  }

  /** Returns the index after the line. -1 means that more bytes are needed, or that `failure` is set. */
  read(chunk: Buffer, offset: number): number {
    for (let i = offset; i < chunk.length; i++) {
      const code = chunk[i] as number;
      if (this.#state === LINE_END) {
        return code === LF
          ? i + 1
          : this.#refuse("bad-chunk-line", "CR without LF after a chunk size");
      }
      if (this.#state === SIZE) {
        const digit = HEX[code] as number;
        if (digit < 16) {
          this.size = this.size * 16 + digit;
          if (++this.#digits > MOST_DIGITS) {
            return this.#refuse(
              "chunk-size-too-long",
              `A chunk size of more than ${MOST_DIGITS} digits`,
            );
          }
          continue;
        }
        if (this.#digits === 0)
          return this.#refuse("bad-chunk-size", "A chunk size is not hexadecimal");
      } else if (++this.#extensionBytes > MOST_EXTENSION_BYTES) {
        const message = `Chunk extensions of more than ${MOST_EXTENSION_BYTES} bytes`;
        return this.#refuse("chunk-extensions-too-long", message);
      }
      const state = step(this.#state, code);
      if (state === REFUSED) {
        return this.#state === SIZE
          ? this.#refuse(
              "bad-chunk-size",
              "A chunk size is followed by neither CRLF nor extensions",
            )
          : this.#refuse("bad-chunk-extension", "A chunk extension is malformed");
      }
      this.#state = state;
    }
    return -1;
  }

  #refuse(code: string, message: string): number {
    this.failure = new ProtocolFailure(code, malformed(this.#sender), message);
    return -1;
  }
}

/** Returns the state after one byte that is not a digit of the size. */
function step(state: number, code: number): number {
  if (state === QUOTED) {
    if (code === QUOTE) return AFTER_VALUE;
    if (code === BACKSLASH) return QUOTED_PAIR;
    return TEXT[code] === 1 ? QUOTED : REFUSED;
  }
  if (state === QUOTED_PAIR) return TEXT[code] === 1 ? QUOTED : REFUSED;
  if (TOKEN[code] === 1) return stepToken(state);
  if (code === SP || code === HTAB) return stepBlank(state);
  if (code === CR) return ends(state) ? LINE_END : REFUSED;
  if (code === SEMICOLON) return ends(state) || state === BEFORE_SEMICOLON ? BEFORE_NAME : REFUSED;
  if (code === EQUALS) return state === NAME || state === AFTER_NAME ? BEFORE_VALUE : REFUSED;
  return code === QUOTE && state === BEFORE_VALUE ? QUOTED : REFUSED;
}

function stepToken(state: number): number {
  if (state === BEFORE_NAME || state === NAME) return NAME;
  return state === BEFORE_VALUE || state === VALUE ? VALUE : REFUSED;
}

/**
 * Returns the state after a blank. Blanks are allowed around ";" and "=" only, so not between the last extension and
 * CRLF.
 */
function stepBlank(state: number): number {
  if (state === SIZE || state === VALUE || state === AFTER_VALUE) return BEFORE_SEMICOLON;
  return state === NAME ? AFTER_NAME : state;
}

function ends(state: number): boolean {
  return state === SIZE || state === NAME || state === VALUE || state === AFTER_VALUE;
}
