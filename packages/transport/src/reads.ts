// Where sockets read to. Left alone, Node allocates 64 KiB outside its heap for every read, and V8 pays
// with a full collection every 60 MB relayed: with 1 MiB answers reading into memory that is used again
// halved the CPU time per request (1163 → 641 µs, HAProxy 639 in the same run).
//
//   small    all sockets of a thread ─▶ one shared buffer, dealt with before the next read of any of them
//   bulk     one socket ─▶ 128 KiB of its own, used again when nobody refers to them any more
//   modest   the same with 64 KiB, while many sockets have bulk memory
//
// Shared memory costs an idle connection nothing. What is to outlive a read of it has to be copied. A socket
// that rests and expects much again keeps its 128 KiB, as long as few do: its next read is then one, not two.
// Memory whose bytes wait for a slow peer is lent to them. Among a thousand clients that read slowly, leaving it
// to the collector cost a full collection every 1.5 s, and whoever came meanwhile 50 to 100 ms.
import type { SocketConstructorOpts } from "node:net";
import { AfterReads } from "./after-reads.ts";
import type { TurnClock } from "./turn-clock.ts";

/** Below what a session gathers into one piece before it writes: such bytes are copied on their way. */
const SHARED_BYTES = 16 * 1024;
const BULK_BYTES = 128 * 1024;
/** A peer's socket that waits for so much says that it is slow: nothing more is read, and nothing more has to wait. */
const MODEST_BYTES = 64 * 1024;
/** Pieces of bulk memory in use by the sockets of a thread: 32 MiB. */
const MOST_BULK = 256;
/** Kept for the next read, of each size; beyond it they are left to the collector. */
const MOST_FREE = 64;
/** Sockets of a thread that may keep bulk memory while they rest: 16 MiB. */
const MOST_RESTING = 128;

/** The memory of one thread, its clock, which stands still during a read, and what waits for the others' reads. */
export class ReadBuffers {
  readonly shared = Buffer.allocUnsafeSlow(SHARED_BYTES);
  readonly clock: TurnClock;
  readonly afterReads: AfterReads;
  readonly #freeBulk: Buffer[] = [];
  readonly #freeModest: Buffer[] = [];
  #bulk = 0;
  /** Sockets that keep bulk memory while they rest. */
  resting = 0;

  constructor(clock: TurnClock) {
    this.clock = clock;
    this.afterReads = new AfterReads(clock);
  }

  /** Memory for one socket, until `give` or `lose`: `spare`, which it has, or better. */
  take(spare?: Buffer): Buffer {
    if (spare?.length === BULK_BYTES) return spare;
    if (this.#bulk >= MOST_BULK)
      return spare ?? this.#freeModest.pop() ?? Buffer.allocUnsafeSlow(MODEST_BYTES);
    if (spare !== undefined) this.give(spare);
    this.#bulk += 1;
    return this.#freeBulk.pop() ?? Buffer.allocUnsafeSlow(BULK_BYTES);
  }

  /** Nobody refers to it any more. */
  give(buffer: Buffer): void {
    this.lose(buffer);
    const free = buffer.length === BULK_BYTES ? this.#freeBulk : this.#freeModest;
    if (free.length < MOST_FREE) free.push(buffer);
  }

  /** Somebody may refer to it for ever: it is the collector's. */
  lose(buffer: Buffer): void {
    if (buffer.length === BULK_BYTES) this.#bulk -= 1;
  }
}

/** Whoever still refers to bytes that were read. */
export interface Holder {
  /** It refers to none any more. */
  readonly settled: boolean;
}

/** Whoever a socket reads for. */
export interface Reader {
  /** Much is on its way: the next read is to have memory of its own. */
  readonly bulk: boolean;
  /** Nothing is on its way: `bulk` tells what to expect when something is. Absent = false. */
  readonly resting?: boolean;
  /** Bytes came, in memory that is overwritten after this call. */
  receiveShared(memory: Buffer, length: number): void;
  /**
   * Bytes came, in memory of their own. Returns whether nobody holds on to it; or, better than false, who does.
   * Whoever that is has to answer for every copy of a reference, for as long as it is asked.
   */
  receiveOwned(chunk: Buffer): boolean | Holder;
}

/** The reads of one socket; set `reader` before its first byte can come. */
export class SocketReads {
  reader: Reader | undefined = undefined;
  readonly #buffers: ReadBuffers;
  /** Memory of its own for the next read. */
  #next: Buffer | undefined = undefined;
  /** It waits for that read while the socket rests. */
  #rests = false;
  /** Memory of its own that is free again. */
  #spare: Buffer | undefined = undefined;
  /** Who has not yet let go of the bytes that came last: a slow peer's. */
  #holder: Holder | undefined = undefined;
  /** What was read before there was a reader for it. */
  #unread: Buffer | undefined = undefined;
  /** The memory of its own in which they are. */
  #lent: Buffer | undefined = undefined;

  constructor(buffers: ReadBuffers) {
    this.#buffers = buffers;
  }

  /** Gives back bytes that came and were not used: they come again at `again`, before any others. */
  unread(bytes: Buffer): void {
    this.#unread = bytes;
  }

  /** A new reader is there: it gets what was given back. */
  again(): void {
    const bytes = this.#unread;
    if (bytes === undefined) return;
    this.#unread = undefined;
    const { clock } = this.#buffers;
    clock.begin();
    try {
      this.reader?.receiveShared(bytes, bytes.length);
    } finally {
      clock.end();
    }
  }

  /** For the options of a socket. */
  get onread(): NonNullable<SocketConstructorOpts["onread"]> {
    return {
      buffer: () => this.#provide(),
      callback: (bytes, memory) => this.#came(memory as Buffer, bytes),
    };
  }

  /** The socket is gone: its memory is for others. */
  closed(): void {
    this.#wake();
    this.#reclaim();
    if (this.#next !== undefined) this.#buffers.give(this.#next);
    if (this.#spare !== undefined) this.#buffers.give(this.#spare);
    if (this.#lent !== undefined) this.#buffers.lose(this.#lent);
    this.#next = this.#spare = this.#lent = this.#holder = undefined;
  }

  /** Memory for the next read. Node asks for it when the one before has been dealt with. */
  #provide(): Buffer {
    const { reader } = this;
    const buffers = this.#buffers;
    const spare = this.#spare;
    this.#spare = undefined;
    const rests = reader?.resting === true;
    // Nothing more is read before the peer has taken what came, or little: no memory is to wait for it meanwhile.
    const enough = this.#holder !== undefined || (rests && buffers.resting >= MOST_RESTING);
    if (reader?.bulk === true && !enough) {
      this.#next = buffers.take(spare);
      this.#rests = rests;
      if (rests) buffers.resting += 1;
      return this.#next;
    }
    if (spare !== undefined) buffers.give(spare);
    return buffers.shared;
  }

  #wake(): void {
    if (this.#rests) this.#buffers.resting -= 1;
    this.#rests = false;
  }

  /** Takes back what was lent, if nobody needs it any more. */
  #reclaim(): void {
    if (this.#holder?.settled !== true) return;
    if (this.#lent !== undefined) this.#free(this.#lent);
    this.#lent = this.#holder = undefined;
  }

  #free(memory: Buffer): void {
    if (this.#spare === undefined) this.#spare = memory;
    else this.#buffers.give(memory);
  }

  #came(memory: Buffer, bytes: number): boolean {
    const { clock, shared } = this.#buffers;
    this.#wake();
    this.#reclaim();
    this.#next = undefined;
    clock.begin();
    try {
      const { reader } = this;
      if (reader === undefined) return true;
      if (memory !== shared) this.#own(reader, memory, bytes);
      else if (this.#spare === undefined || !reader.bulk) reader.receiveShared(memory, bytes);
      else {
        // The peer has just let go of it: a copy in there is no garbage when it waits again.
        const spare = this.#spare;
        this.#spare = undefined;
        memory.copy(spare, 0, 0, bytes);
        this.#own(reader, spare, bytes);
      }
      return true;
    } finally {
      clock.end();
    }
  }

  #own(reader: Reader, memory: Buffer, bytes: number): void {
    const held = reader.receiveOwned(bytes < memory.length ? memory.subarray(0, bytes) : memory);
    if (held === true) this.#free(memory);
    else if (held === false) this.#buffers.lose(memory);
    else {
      this.#lent = memory;
      this.#holder = held;
    }
  }
}
