// Where sockets read to. Left alone, Node allocates 64 KiB outside its heap for every read, and V8 pays
// with a full collection every 60 MB relayed: with 1 MiB answers reading into memory that is used again
// halved the CPU time per request (1163 → 641 µs, HAProxy 639 in the same run).
//
//   small    all sockets of a thread ─▶ one shared buffer, dealt with before the next read of any of them
//   bulk     one socket ─▶ 64 KiB of its own, given back when nobody refers to them any more
//
// Shared memory costs an idle connection nothing. What is to outlive a read of it has to be copied.
import type { SocketConstructorOpts } from "node:net";
import type { TurnClock } from "./turn-clock.ts";

/** Below what a session gathers into one piece before it writes: such bytes are copied on their way. */
const SHARED_BYTES = 16 * 1024;
const BULK_BYTES = 64 * 1024;
/** Kept for the next bulk read; beyond it they are left to the collector. */
const MOST_FREE = 64;

/** The memory of one thread, and its clock, which stands still during a read. */
export class ReadBuffers {
  readonly shared = Buffer.allocUnsafeSlow(SHARED_BYTES);
  readonly clock: TurnClock;
  readonly #free: Buffer[] = [];

  constructor(clock: TurnClock) {
    this.clock = clock;
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BULK_BYTES);
  }

  give(buffer: Buffer): void {
    if (this.#free.length < MOST_FREE) this.#free.push(buffer);
  }
}

/** Whoever a socket reads for. */
export interface Reader {
  /** Much is on its way: the next read is to have memory of its own. */
  readonly bulk: boolean;
  /** Bytes came, in memory that is overwritten after this call. */
  receiveShared(memory: Buffer, length: number): void;
  /** Bytes came, in memory of their own. Returns whether nobody holds on to it. */
  receiveOwned(chunk: Buffer): boolean;
}

/** The reads of one socket; set `reader` before its first byte can come. */
export class SocketReads {
  reader: Reader | undefined = undefined;
  readonly #buffers: ReadBuffers;
  /** Bulk memory that is free again. */
  #spare: Buffer | undefined = undefined;

  constructor(buffers: ReadBuffers) {
    this.#buffers = buffers;
  }

  /** For the options of a socket. */
  get onread(): NonNullable<SocketConstructorOpts["onread"]> {
    return {
      buffer: () => this.#next(),
      callback: (bytes, memory) => this.#came(memory as Buffer, bytes),
    };
  }

  #next(): Buffer {
    const spare = this.#spare;
    this.#spare = undefined;
    if (this.reader?.bulk === true) return spare ?? this.#buffers.take();
    if (spare !== undefined) this.#buffers.give(spare);
    return this.#buffers.shared;
  }

  #came(memory: Buffer, bytes: number): boolean {
    const { clock } = this.#buffers;
    clock.begin();
    try {
      const { reader } = this;
      if (reader === undefined) return true;
      if (memory === this.#buffers.shared) reader.receiveShared(memory, bytes);
      else if (reader.receiveOwned(bytes < memory.length ? memory.subarray(0, bytes) : memory)) {
        this.#spare = memory;
      }
      return true;
    } finally {
      clock.end();
    }
  }
}
