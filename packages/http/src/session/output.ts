// The output of a connection. It is collected, so that a head, the first bytes of its body and the chunk framing
// leave in one write. For a small message, the system call costs more than everything else.
import type { ByteStream } from "./byte-stream.ts";

/**
 * Up to this many bytes of output, copying everything into one piece is cheaper than passing a list
 * of pieces to the kernel.
 */
const GATHER_LIMIT = 24 * 1024;

/**
 * A single buffer of at least this many bytes is written as it is and not turned into text.
 * Otherwise the text would fill the heap while it waits for a slow peer.
 */
const LARGE = 8 * 1024;

/**
 * Pieces of fewer bytes than this on average are copied into one piece, because sending a piece by
 * itself costs more than copying its bytes.
 */
const SMALL = 1024;

export class Output {
  readonly #stream: ByteStream;
  /** The text before `#parts`. Most output is text only. */
  #text = "";
  /** The pieces of the output that follow `#text`; undefined until bytes are added. */
  #parts: (string | Buffer)[] | undefined = undefined;
  #bytes = 0;
  /**
   * Whether TLS has encrypted everything that was written. A TLS socket never refers to the written memory after `write`:
   * OpenSSL has made records of the bytes, or Node has copied them. But Node reports such a write as done only in a later
   * turn of the event loop. To wait for that would make every second read of a large body a small one that is copied.
   */
  #encrypted = false;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /**
   * Returns whether everything written has left or was encrypted, so that the memory of the written buffers may be used
   * again.
   */
  get settled(): boolean {
    return this.#bytes === 0 && (this.#stream.writableLength === 0 || this.#encrypted);
  }

  /** Adds text of one character per byte (latin1), such as a head or a chunk size line. */
  text(text: string): void {
    if (this.#parts === undefined) this.#text += text;
    else this.#parts.push(text);
    this.#bytes += text.length;
  }

  bytes(chunk: Buffer): void {
    if (chunk.length === 0) return;
    if (this.#parts === undefined) this.#parts = [chunk];
    else this.#parts.push(chunk);
    this.#bytes += chunk.length;
  }

  /** Drops everything that was added and not sent. */
  drop(): void {
    this.#text = "";
    this.#parts = undefined;
    this.#bytes = 0;
  }

  /** Sends everything that was added. Returns false when the peer is slow: the caller has to wait for `drain`. */
  flush(): boolean {
    const total = this.#bytes;
    if (total === 0) return !this.#stream.writableNeedDrain;
    // Bytes that are written while others wait stay in a queue, unencrypted.
    this.#encrypted = this.#stream.encrypted === true && this.#stream.writableLength === 0;
    const text = this.#text;
    const parts = this.#parts;
    this.drop();
    // Short output is written as Latin-1 text, even its buffers: Node passes such text to the kernel from the stack.
    // So no buffer is allocated, and the memory of the written buffers may be used again at once.
    const [only] = parts ?? [];
    if (total >= LARGE && only?.length === total && typeof only !== "string")
      return this.#stream.write(only);
    if (total <= GATHER_LIMIT) return this.#stream.write(gather(text, parts), "latin1");
    return this.#scatter(text === "" ? (parts ?? []) : [text, ...(parts ?? [])], total);
  }

  #scatter(parts: readonly (string | Buffer)[], total: number): boolean {
    if (total < parts.length * SMALL) return this.#stream.write(joined(parts, total));
    let ready = true;
    this.#stream.cork();
    for (const part of parts) {
      ready = this.#stream.write(typeof part === "string" ? Buffer.from(part, "latin1") : part);
    }
    this.#stream.uncork();
    return ready;
  }
}

/** Joins many small pieces into one. */
function joined(parts: readonly (string | Buffer)[], total: number): Buffer {
  const whole = Buffer.allocUnsafe(total);
  let at = 0;
  for (const part of parts) {
    at += typeof part === "string" ? whole.write(part, at, "latin1") : part.copy(whole, at);
  }
  return whole;
}

function gather(before: string, parts: readonly (string | Buffer)[] | undefined): string {
  let text = before;
  if (parts === undefined) return text;
  for (const part of parts) text += typeof part === "string" ? part : part.toString("latin1");
  return text;
}
