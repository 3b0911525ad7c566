// What goes out on a connection, gathered so that a head, its first body bytes and chunk framing
// leave in one write: the system call costs more than everything else done for a small message.
import type { ByteStream } from "./byte-stream.ts";

/** Up to here gathering everything in one piece is cheaper than handing the kernel a list of them. */
const GATHER_LIMIT = 24 * 1024;

/** One piece from here on is handed over as it is: as text that waits for a slow peer it would fill the heap. */
const LARGE = 8 * 1024;

/** Pieces that are smaller than this on average are copied into one: each would cost more than its bytes. */
const SMALL = 1024;

export class Output {
  readonly #stream: ByteStream;
  /** What comes before `#parts`: most of what is sent is text only. */
  #text = "";
  /** From the first bytes on. */
  #parts: (string | Buffer)[] | undefined = undefined;
  #bytes = 0;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /** Nothing is left of what was written: no memory of it is referred to any more. */
  get settled(): boolean {
    return this.#bytes === 0 && this.#stream.writableLength === 0;
  }

  /** Adds text of one byte per character (latin1), such as a head or a chunk size line. */
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

  /** Throws away what was added. */
  drop(): void {
    this.#text = "";
    this.#parts = undefined;
    this.#bytes = 0;
  }

  /** Sends what was added. False when the peer is slow and the caller should wait for `drain`. */
  flush(): boolean {
    const total = this.#bytes;
    if (total === 0) return !this.#stream.writableNeedDrain;
    const text = this.#text;
    const parts = this.#parts;
    this.drop();
    // Node hands short Latin-1 text to the kernel from the stack: no buffer is allocated for it, and
    // nothing refers to the memory the bytes were read into.
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

/** One piece of many small ones. */
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
