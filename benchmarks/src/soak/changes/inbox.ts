// Collects the bytes that come out of a connection, so that they can be taken in the sizes that were sent.
export class Inbox {
  #bytes = Buffer.alloc(0);
  #news = Promise.withResolvers<void>();

  readonly put = (chunk: Buffer): void => {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  };

  /** Resolves to the next `count` bytes. Rejects when `ended` does before they are there. */
  async take(count: number, ended: Promise<never>): Promise<Buffer> {
    while (this.#bytes.length < count) await Promise.race([this.#news.promise, ended]);
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }
}
