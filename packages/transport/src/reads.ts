// Where sockets read to. Left alone, Node allocates 64 KiB outside its heap for every read, and V8 pays
// with a full collection every 60 MB relayed: with 1 MiB answers reading into memory that is used again
// halved the CPU time per request (1163 → 641 µs, HAProxy 639 in the same run).
//
//   small    all sockets of a thread ─▶ one shared buffer, dealt with before the next read of any of them
//   bulk     one socket ─▶ 128 KiB of its own, given back when nobody refers to them any more
//
// Shared memory costs an idle connection nothing. What is to outlive a read of it has to be copied. A socket
// that rests and expects much again keeps its 128 KiB, as long as few do: its next read is then one, not two.
import type { SocketConstructorOpts } from "node:net";
import { AfterReads } from "./after-reads.ts";
import type { TurnClock } from "./turn-clock.ts";

/** Below what a session gathers into one piece before it writes: such bytes are copied on their way. */
const SHARED_BYTES = 16 * 1024;
const BULK_BYTES = 128 * 1024;
/** Kept for the next bulk read; beyond it they are left to the collector. */
const MOST_FREE = 64;
/** Sockets of a thread that may keep bulk memory while they rest: 16 MiB. */
const MOST_RESTING = 128;

/** The memory of one thread, its clock, which stands still during a read, and what waits for the others' reads. */
export class ReadBuffers {
  readonly shared = Buffer.allocUnsafeSlow(SHARED_BYTES);
  readonly clock: TurnClock;
  readonly afterReads: AfterReads;
  readonly #free: Buffer[] = [];
  /** Sockets that keep bulk memory while they rest. */
  resting = 0;

  constructor(clock: TurnClock) {
    this.clock = clock;
    this.afterReads = new AfterReads(clock);
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
  /** Nothing is on its way: `bulk` tells what to expect when something is. Absent = false. */
  readonly resting?: boolean;
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
  /** Bulk memory that waits for the next read while the socket rests. */
  #kept: Buffer | undefined = undefined;

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

  /** The socket is gone: what it kept is for others. Only for readers that rest. */
  closed(): void {
    const kept = this.#wake();
    if (kept !== undefined) this.#buffers.give(kept);
  }

  #next(): Buffer {
    const { reader } = this;
    const buffers = this.#buffers;
    const spare = this.#spare;
    this.#spare = undefined;
    const rests = reader?.resting === true;
    if (reader?.bulk === true && !(rests && buffers.resting >= MOST_RESTING)) {
      const memory = spare ?? buffers.take();
      if (rests) this.#rest(memory);
      return memory;
    }
    if (spare !== undefined) buffers.give(spare);
    return buffers.shared;
  }

  #rest(memory: Buffer): void {
    this.#kept = memory;
    this.#buffers.resting += 1;
  }

  #wake(): Buffer | undefined {
    const kept = this.#kept;
    if (kept === undefined) return undefined;
    this.#kept = undefined;
    this.#buffers.resting -= 1;
    return kept;
  }

  #came(memory: Buffer, bytes: number): boolean {
    const { clock } = this.#buffers;
    this.#wake();
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
