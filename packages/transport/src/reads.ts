// The memory that sockets read into. By default Node allocates 64 KiB outside its heap for every
// read. That makes V8 run a full garbage collection for every 60 MB relayed. Reading into memory
// that is used again halved the CPU time per request with answers of 1 MiB (1163 → 641 µs, HAProxy
// 639 in the same run).
//
//   small    all sockets of a thread ─▶ one shared buffer, whose bytes are processed before the next read of any socket
//   bulk     one socket ─▶ 128 KiB of its own, used again when no reference to the bytes remains
//   modest   one socket ─▶ 64 KiB of its own, used like bulk memory, while MOST_BULK sockets have bulk memory
//
// An idle connection that reads into the shared buffer needs no memory of its own. Bytes that must
// outlive the read have to be copied out of that buffer. A socket whose next message will probably
// be large keeps its 128 KiB while it waits, unless MOST_RESTING sockets do so already. The socket
// then gets that message with one read, not two. When bytes in a socket's own memory wait for a
// slow peer, that memory is lent. The memory comes back when the peer has taken the bytes. When
// lent memory was left to the garbage collector instead, a thousand slow clients caused a full
// collection every 1.5 s, and requests that came during a collection waited 50 to 100 ms.
import type { SocketConstructorOpts } from "node:net";
import { AfterReads, type ReadsDoneListener } from "./after-reads.ts";
import { GatheredRecords } from "./gathered-records.ts";
import type { TurnClock } from "./turn-clock.ts";

/**
 * The size of the shared buffer. A session that sends at most this many bytes copies them into one
 * piece before it writes. So for bytes in the shared buffer no additional copy is needed.
 */
const SHARED_BYTES = 16 * 1024;
const BULK_BYTES = 128 * 1024;
/**
 * The size of a socket's own memory while MOST_BULK sockets have BULK_BYTES. When this many bytes wait to be sent to a
 * peer, the peer counts as slow, and reading pauses. So the bytes of at most one read wait for the peer.
 */
const MODEST_BYTES = 64 * 1024;
/** How many pieces of BULK_BYTES the sockets of a thread may use at the same time. Together they are 32 MiB. */
const MOST_BULK = 256;
/**
 * How many unused pieces of memory, of each size, are kept for later reads. More are left to the garbage collector.
 */
const MOST_FREE = 64;
/**
 * How many sockets of a thread may keep BULK_BYTES each while they wait for their next message. Together that is 16
 * MiB.
 */
const MOST_RESTING = 128;

/**
 * The memory that the sockets of one thread read into. The object also has the thread's clock, which stands still while
 * the bytes of a read are processed, and the tasks that run after all reads.
 */
export class ReadBuffers {
  readonly shared = Buffer.allocUnsafeSlow(SHARED_BYTES);
  readonly clock: TurnClock;
  readonly afterReads: AfterReads;
  readonly #freeBulk: Buffer[] = [];
  readonly #freeModest: Buffer[] = [];
  #bulk = 0;
  /** How many sockets keep BULK_BYTES while they wait for their next message. */
  resting = 0;

  constructor(clock: TurnClock) {
    this.clock = clock;
    this.afterReads = new AfterReads(clock);
  }

  /**
   * Returns memory for one socket, to be passed to `give` or `lose` later. `spare` is the memory that the socket has
   * already: it is returned again, or exchanged for a larger piece.
   */
  take(spare?: Buffer): Buffer {
    if (spare?.length === BULK_BYTES) return spare;
    if (this.#bulk >= MOST_BULK)
      return spare ?? this.#freeModest.pop() ?? Buffer.allocUnsafeSlow(MODEST_BYTES);
    if (spare !== undefined) this.give(spare);
    this.#bulk += 1;
    return this.#freeBulk.pop() ?? Buffer.allocUnsafeSlow(BULK_BYTES);
  }

  /**
   * Takes memory back, so that later reads can use it. The caller must have made sure that no reference to the memory
   * remains.
   */
  give(buffer: Buffer): void {
    this.lose(buffer);
    const free = buffer.length === BULK_BYTES ? this.#freeBulk : this.#freeModest;
    if (free.length < MOST_FREE) free.push(buffer);
  }

  /**
   * Gives up memory to which references may remain. No later read uses this memory, and the garbage collector frees it.
   */
  lose(buffer: Buffer): void {
    if (buffer.length === BULK_BYTES) this.#bulk -= 1;
  }
}

/** An object that refers to bytes that were read, such as a socket that cannot send them on to its slow peer yet. */
export interface Holder {
  /** Whether the object no longer refers to any of the bytes. The next read may then use their memory again. */
  readonly settled: boolean;
}

/** The object that gets the bytes of a socket. */
export interface Reader {
  /** Whether a large message is being received, so that the next read should use the socket's own memory. */
  readonly bulk: boolean;
  /**
   * Whether no message is being received now. `bulk` then says whether the next message is expected to be large.
   * Absent = false.
   */
  readonly resting?: boolean;
  /** Takes the first `length` bytes of the shared memory, which is overwritten after this call. */
  receiveShared(memory: Buffer, length: number): void;
  /**
   * Takes bytes in the socket's own memory. True = no reference to these bytes remains, and the memory may be used
   * again now. A Holder = references remain, and `settled` of the holder becomes true when none remains. False = it is
   * unknown when the references end, so the memory is never used again.
   */
  receiveOwned(chunk: Buffer): boolean | Holder;
}

/**
 * Chooses the memory for each read of one socket, and passes the bytes to `reader`. `reader` must be set before the
 * first byte can be received.
 */
export class SocketReads implements ReadsDoneListener {
  reader: Reader | undefined = undefined;
  readonly #buffers: ReadBuffers;
  /** The full TLS records in `#next` that were not passed on yet. Undefined on a socket without TLS. */
  readonly #records: GatheredRecords | undefined;
  /** The socket's own memory for the next read. Undefined = the next read uses the shared buffer. */
  #next: Buffer | undefined = undefined;
  /**
   * Whether the socket was waiting for its next message when it got the memory `#next`. `ReadBuffers.resting` counts
   * such sockets, so that not all idle sockets keep large memory.
   */
  #rests = false;
  /** Memory of this socket alone that holds no bytes in use, kept for a later read. Undefined = there is none. */
  #spare: Buffer | undefined = undefined;
  /**
   * The object that still refers to the last bytes, because a slow peer has not taken them.
   * Undefined = there is no such object.
   */
  #holder: Holder | undefined = undefined;
  /** Bytes that a reader gave back. The next reader gets them. */
  #unread: Buffer | undefined = undefined;
  /** The socket's own memory with the bytes that `#holder` refers to. */
  #lent: Buffer | undefined = undefined;

  /** @param tls whether the socket is a TLS socket, whose full records are gathered */
  constructor(buffers: ReadBuffers, tls = false) {
    this.#buffers = buffers;
    this.#records = tls ? new GatheredRecords() : undefined;
  }

  /** Calls back when every socket that is ready has been read. */
  get afterReads(): AfterReads {
    return this.#buffers.afterReads;
  }

  /** Gives back bytes that the reader did not use. `again` delivers them before any other bytes. */
  unread(bytes: Buffer): void {
    this.#unread = bytes;
  }

  /** Delivers the bytes that were given back with `unread`, to the reader that is set now. */
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

  /**
   * Returns the value for a socket's option `onread`, which makes the socket read into the memory that this object
   * chooses.
   */
  get onread(): NonNullable<SocketConstructorOpts["onread"]> {
    return {
      buffer: () => this.#provide(),
      callback: (bytes, memory) => this.#came(memory as Buffer, bytes),
    };
  }

  /**
   * Called when the socket has closed. Other sockets may then use the closed socket's own memory. Memory with bytes
   * that a slow peer has not taken yet is left to the garbage collector.
   */
  closed(): void {
    this.#wake();
    this.#reclaim();
    if (this.#next !== undefined && this.#next !== this.#lent) this.#buffers.give(this.#next);
    if (this.#spare !== undefined) this.#buffers.give(this.#spare);
    if (this.#lent !== undefined) this.#buffers.lose(this.#lent);
    this.#next = this.#spare = this.#lent = this.#holder = undefined;
    this.#records?.forget();
  }

  /**
   * Delivers the records that were gathered. Called when every socket has been read, and when the socket has ended or
   * failed, so that its bytes come before that.
   */
  deliver(): void {
    const memory = this.#next;
    const { reader } = this;
    if (memory === undefined || reader === undefined) return;
    const chunk = this.#records?.take(memory);
    if (chunk === undefined) return;
    // Node reads on behind these bytes, so the memory stays that of this socket even when the bytes are done with.
    this.#rest();
    const held = reader.receiveOwned(chunk);
    if (held === true || this.#next !== memory) return;
    if (held === false) {
      this.#buffers.lose(memory);
      this.#next = undefined;
    } else {
      this.#lent = memory;
      this.#holder = held;
    }
  }

  readsDone(): void {
    if (this.#records !== undefined) this.#records.scheduled = false;
    this.deliver();
  }

  /**
   * Returns memory for the next read. Node calls this function after the bytes of the last read have been processed.
   */
  #provide(): Buffer {
    const rest = this.#next && this.#records?.restOf(this.#next);
    if (rest !== undefined) return rest;
    const { reader } = this;
    const buffers = this.#buffers;
    const spare = this.#spare;
    this.#spare = undefined;
    const rests = reader?.resting === true;
    // While a slow peer has not taken the last bytes, little or nothing is read. So the socket needs no second piece of
    // its own memory.
    const enough = this.#holder !== undefined || (rests && buffers.resting >= MOST_RESTING);
    if (reader?.bulk === true && !enough) {
      this.#next = buffers.take(spare);
      if (rests) this.#rest();
      return this.#next;
    }
    if (spare !== undefined) buffers.give(spare);
    return buffers.shared;
  }

  #rest(): void {
    if (!this.#rests) this.#buffers.resting += 1;
    this.#rests = true;
  }

  #wake(): void {
    if (this.#rests) this.#buffers.resting -= 1;
    this.#rests = false;
  }

  /** Takes the memory `#lent` back when `#holder` no longer refers to it. */
  #reclaim(): void {
    if (this.#holder?.settled !== true) return;
    if (this.#lent !== undefined && this.#lent !== this.#next) this.#free(this.#lent);
    this.#lent = this.#holder = undefined;
  }

  #free(memory: Buffer): void {
    if (this.#spare === undefined) this.#spare = memory;
    else this.#buffers.give(memory);
  }

  #came(memory: Buffer, bytes: number): boolean {
    const { clock } = this.#buffers;
    this.#wake();
    this.#reclaim();
    const { reader } = this;
    if (reader === undefined) return true;
    const own = this.#next === this.#lent ? undefined : this.#next;
    if (own !== undefined && this.#records?.waits(own, bytes) === true) {
      this.#records.schedule(this, this.#buffers.afterReads);
      return true;
    }
    this.#next = undefined;
    clock.begin();
    try {
      if (own !== undefined) this.#own(reader, own, this.#records?.take(own) ?? upTo(own, bytes));
      else this.#foreign(reader, memory, bytes);
      this.#records?.forget();
      return true;
    } finally {
      clock.end();
    }
  }

  /**
   * Passes on bytes in memory that this socket has to give back at once: the shared buffer, or the rest of memory whose
   * first bytes are lent.
   */
  #foreign(reader: Reader, memory: Buffer, bytes: number): void {
    const spare = this.#spare;
    if (spare === undefined || !reader.bulk) {
      reader.receiveShared(memory, bytes);
      return;
    }
    // The slow peer has just taken the earlier bytes, so their memory, `#spare`, is free again. The new bytes are copied
    // into it. If they too have to wait for the peer, they stay in this memory, and no other memory is needed.
    this.#spare = undefined;
    memory.copy(spare, 0, 0, bytes);
    this.#own(reader, spare, upTo(spare, bytes));
  }

  /** Passes on `chunk`, which lies in `memory`. */
  #own(reader: Reader, memory: Buffer, chunk: Buffer): void {
    const held = reader.receiveOwned(chunk);
    if (held === true) this.#free(memory);
    else if (held === false) this.#buffers.lose(memory);
    else {
      this.#lent = memory;
      this.#holder = held;
    }
  }
}

function upTo(memory: Buffer, bytes: number): Buffer {
  return bytes < memory.length ? memory.subarray(0, bytes) : memory;
}
