// The memory that sockets read into. By default Node allocates 64 KiB outside its heap for every read. That makes V8 run
// a full garbage collection for every 60 MB relayed. Reading into memory that is used again halved the CPU time per
// request with answers of 1 MiB (1163 → 641 µs, HAProxy 639 in the same run).
//
//   small    all sockets of a thread ─▶ one shared buffer, whose bytes are processed before the next read of any socket
//   bulk     one socket ─▶ 128 KiB of its own, used again when no reference to the bytes remains
//   modest   the same with 64 KiB, while many sockets have bulk memory
//
// With shared memory an idle connection needs none. Bytes that must outlive the read have to be copied. A socket that
// rests and expects a large message keeps its 128 KiB, as long as few sockets do. Then it gets that message with one
// read, not two. Memory whose bytes wait for a slow peer is lent, and comes back when the peer has taken them. When such
// memory was left to the garbage collector, a thousand slow clients caused a full collection every 1.5 s, and requests
// that came during one waited 50 to 100 ms.
import type { SocketConstructorOpts } from "node:net";
import { AfterReads } from "./after-reads.ts";
import type { TurnClock } from "./turn-clock.ts";

/** Less than a session gathers into one piece before it writes, so bytes of a shared read are copied anyway. */
const SHARED_BYTES = 16 * 1024;
const BULK_BYTES = 128 * 1024;
/** A peer's socket with this many bytes to send counts as slow, and reading pauses. So at most one read waits for it. */
const MODEST_BYTES = 64 * 1024;
/** At most so many pieces of bulk memory are in use by the sockets of a thread: 32 MiB. */
const MOST_BULK = 256;
/** So many free pieces of each size are kept for later reads. Others are left to the garbage collector. */
const MOST_FREE = 64;
/** At most so many sockets of a thread keep bulk memory while they rest: 16 MiB. */
const MOST_RESTING = 128;

/** The memory of one thread; its clock, which stands still during a read; and the tasks to run after all reads. */
export class ReadBuffers {
  readonly shared = Buffer.allocUnsafeSlow(SHARED_BYTES);
  readonly clock: TurnClock;
  readonly afterReads: AfterReads;
  readonly #freeBulk: Buffer[] = [];
  readonly #freeModest: Buffer[] = [];
  #bulk = 0;
  /** How many sockets keep bulk memory while they rest. */
  resting = 0;

  constructor(clock: TurnClock) {
    this.clock = clock;
    this.afterReads = new AfterReads(clock);
  }

  /** Memory for one socket, until `give` or `lose`. `spare` is what the socket has. It is kept or replaced by more. */
  take(spare?: Buffer): Buffer {
    if (spare?.length === BULK_BYTES) return spare;
    if (this.#bulk >= MOST_BULK)
      return spare ?? this.#freeModest.pop() ?? Buffer.allocUnsafeSlow(MODEST_BYTES);
    if (spare !== undefined) this.give(spare);
    this.#bulk += 1;
    return this.#freeBulk.pop() ?? Buffer.allocUnsafeSlow(BULK_BYTES);
  }

  /** Takes memory back. No reference to it remains, so it may be used again. */
  give(buffer: Buffer): void {
    this.lose(buffer);
    const free = buffer.length === BULK_BYTES ? this.#freeBulk : this.#freeModest;
    if (free.length < MOST_FREE) free.push(buffer);
  }

  /** References to the memory may remain, so it is never used again: the garbage collector frees it. */
  lose(buffer: Buffer): void {
    if (buffer.length === BULK_BYTES) this.#bulk -= 1;
  }
}

/** An object that still has references to bytes that were read, such as the socket of a slow peer. */
export interface Holder {
  /** No reference remains. */
  readonly settled: boolean;
}

/** The object that gets the bytes of a socket. */
export interface Reader {
  /** A large message is coming, so the next read should have memory of its own. */
  readonly bulk: boolean;
  /** No message is coming now. `bulk` says whether the next one is expected to be large. Absent = false. */
  readonly resting?: boolean;
  /** Bytes came, in memory that is overwritten after this call. */
  receiveShared(memory: Buffer, length: number): void;
  /**
   * Bytes came, in memory of their own. True = no reference remains, and the memory may be used again now. A Holder =
   * references remain, and the holder says later when none does; it must account for every copy of them. False = it is
   * not known when the references go, so the memory is never used again.
   */
  receiveOwned(chunk: Buffer): boolean | Holder;
}

/** The reads of one socket. `reader` must be set before the first byte can come. */
export class SocketReads {
  reader: Reader | undefined = undefined;
  readonly #buffers: ReadBuffers;
  /** Memory of its own for the next read. */
  #next: Buffer | undefined = undefined;
  /** Whether `#next` is kept while the socket rests. */
  #rests = false;
  /** Memory of its own that is free again. */
  #spare: Buffer | undefined = undefined;
  /** The holder of the bytes that came last, when a slow peer has not taken them yet. */
  #holder: Holder | undefined = undefined;
  /** Bytes that a reader gave back, for the next reader. */
  #unread: Buffer | undefined = undefined;
  /** The memory of its own with the bytes that `#holder` refers to. */
  #lent: Buffer | undefined = undefined;

  constructor(buffers: ReadBuffers) {
    this.#buffers = buffers;
  }

  /** Gives back bytes that were not used. `again` delivers them before any others. */
  unread(bytes: Buffer): void {
    this.#unread = bytes;
  }

  /** Delivers the bytes that were given back to the new reader. */
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

  /** The option `onread` of a socket. */
  get onread(): NonNullable<SocketConstructorOpts["onread"]> {
    return {
      buffer: () => this.#provide(),
      callback: (bytes, memory) => this.#came(memory as Buffer, bytes),
    };
  }

  /** The socket has closed. Other sockets may use its memory, except memory that a peer still refers to. */
  closed(): void {
    this.#wake();
    this.#reclaim();
    if (this.#next !== undefined) this.#buffers.give(this.#next);
    if (this.#spare !== undefined) this.#buffers.give(this.#spare);
    if (this.#lent !== undefined) this.#buffers.lose(this.#lent);
    this.#next = this.#spare = this.#lent = this.#holder = undefined;
  }

  /** Memory for the next read. Node asks for it after the bytes of the last read have been processed. */
  #provide(): Buffer {
    const { reader } = this;
    const buffers = this.#buffers;
    const spare = this.#spare;
    this.#spare = undefined;
    const rests = reader?.resting === true;
    // While a slow peer has not taken the last bytes, little or nothing is read, so the socket needs no second memory
    // of its own.
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

  /** Takes lent memory back when its holder has no reference any more. */
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
        // The peer has just taken its bytes, so this memory is free. The new bytes are copied into it: if they have to
        // wait for the peer too, the memory is lent again, and nothing is left to the garbage collector.
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
