// Reads just enough of HTTP/1.1 to find where a request ends. The origin shares its core with the generator, so the
// reader must cost next to nothing. It trusts its only client, the proxy under test, to send well-formed bytes.

const CHUNKED_END = Buffer.from("0\r\n\r\n");

/** Splits the bytes of one connection into requests and calls `onRequest` with the path of each. */
export class RequestReader {
  readonly #onRequest: (path: string) => void;
  #head = "";
  #path = "";
  /** How many bytes of the body are still to come; -1 while a chunked body lasts. */
  #remaining = 0;
  #tail = Buffer.alloc(0);

  constructor(onRequest: (path: string) => void) {
    this.#onRequest = onRequest;
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#step(rest);
  }

  #step(chunk: Buffer): Buffer {
    if (this.#remaining < 0) return this.#chunkedBody(chunk);
    if (this.#remaining > 0) {
      const taken = Math.min(this.#remaining, chunk.length);
      this.#remaining -= taken;
      if (this.#remaining === 0) this.#onRequest(this.#path);
      return chunk.subarray(taken);
    }
    return this.#headBytes(chunk);
  }

  #headBytes(chunk: Buffer): Buffer {
    const before = this.#head.length;
    this.#head += chunk.toString("latin1");
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return chunk.subarray(chunk.length);
    const head = this.#head.slice(0, end + 4);
    this.#head = "";
    const start = head.indexOf(" ") + 1;
    this.#path = head.slice(start, head.indexOf(" ", start));
    if (head.startsWith("POST")) this.#remaining = bodyLength(head);
    if (this.#remaining === 0) this.#onRequest(this.#path);
    return chunk.subarray(end + 4 - before);
  }

  /**
   * Looks for the last chunk of the body. The bodies of the benchmark contain only `x`, so it is
   * enough to search for the bytes of the last chunk.
   */
  #chunkedBody(chunk: Buffer): Buffer {
    this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-CHUNKED_END.length);
    if (!this.#tail.equals(CHUNKED_END)) return chunk.subarray(chunk.length);
    this.#tail = Buffer.alloc(0);
    this.#remaining = 0;
    this.#onRequest(this.#path);
    return chunk.subarray(chunk.length);
  }
}

function bodyLength(head: string): number {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  return length === undefined ? -1 : Number(length);
}
