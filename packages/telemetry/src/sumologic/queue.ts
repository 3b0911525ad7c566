// Batches that wait to be sent, oldest first, limited in bytes. Each stream has one open batch, in which its lines
// gather. A batch that is full, or that `sealAll` seals, takes no more lines and joins the queue. Beyond the limit
// the oldest batch is dropped: when the source works again, recent lines are worth more than old ones.

export type StreamName = "app" | "access" | "metrics";

export interface Batch {
  readonly stream: StreamName;
  readonly text: string;
  readonly bytes: number;
  readonly lines: number;
}

export interface QueueOptions {
  /** The largest batch in bytes. A line that would make a batch larger begins the next batch. */
  readonly batchBytes: number;
  readonly maxBytes: number;
  readonly dropped: (lines: number, reason: "queue_full" | "superseded" | "too_large") => void;
}

interface OpenBatch {
  readonly stream: StreamName;
  text: string;
  bytes: number;
  lines: number;
}

/**
 * A queue of batches with a limit in bytes. The bytes of a batch count towards the limit until the batch is taken out
 * to be sent, and again when it is given back because sending it failed.
 */
export class BatchQueue {
  readonly #options: QueueOptions;
  readonly #open = new Map<StreamName, OpenBatch>();
  #sealed: Batch[] = [];
  #bytes = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether any batch waits to be sent. */
  get ready(): boolean {
    return this.#sealed.length > 0;
  }

  addLine(stream: StreamName, line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    if (bytes > this.#options.batchBytes) {
      this.#options.dropped(1, "too_large");
      return;
    }
    let open = this.#open.get(stream);
    if (open !== undefined && open.bytes + bytes > this.#options.batchBytes) {
      this.#seal(open);
      open = undefined;
    }
    if (open === undefined) {
      open = { stream, text: "", bytes: 0, lines: 0 };
      this.#open.set(stream, open);
    }
    open.text += `${line}\n`;
    open.bytes += bytes;
    open.lines++;
    this.#bytes += bytes;
    this.#evict();
  }

  /**
   * Adds a batch, and removes any waiting batch of the same stream. It is for metrics, because new
   * values make older values worthless.
   */
  replace(stream: StreamName, text: string, maxBytes: number): void {
    const bytes = Buffer.byteLength(text);
    this.#sealed = this.#sealed.filter((batch) => {
      if (batch.stream !== stream) return true;
      this.#bytes -= batch.bytes;
      this.#options.dropped(batch.lines, "superseded");
      return false;
    });
    if (bytes > maxBytes) {
      this.#options.dropped(1, "too_large");
      return;
    }
    this.#sealed.push({ stream, text, bytes, lines: 1 });
    this.#bytes += bytes;
    this.#evict();
  }

  /** Seals all open batches: they take no more lines, and can be taken from the queue and sent. */
  sealAll(): void {
    for (const open of this.#open.values()) this.#seal(open);
  }

  /** Takes the oldest batch out. */
  take(): Batch | undefined {
    const batch = this.#sealed.shift();
    if (batch !== undefined) this.#bytes -= batch.bytes;
    return batch;
  }

  /** Puts a batch back at the front of the queue, because sending the batch has failed. */
  giveBack(batch: Batch): void {
    this.#sealed.unshift(batch);
    this.#bytes += batch.bytes;
    this.#evict();
  }

  /** Empties the queue and returns how many lines were in it. */
  clear(): number {
    this.sealAll();
    let lines = 0;
    for (const batch of this.#sealed) lines += batch.lines;
    this.#sealed = [];
    this.#bytes = 0;
    return lines;
  }

  #seal(open: OpenBatch): void {
    this.#open.delete(open.stream);
    this.#sealed.push(open);
  }

  #evict(): void {
    while (this.#bytes > this.#options.maxBytes) {
      if (this.#sealed.length === 0) this.sealAll();
      const oldest = this.take();
      if (oldest === undefined) return;
      this.#options.dropped(oldest.lines, "queue_full");
    }
  }
}
