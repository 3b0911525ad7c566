// A connection on its way through the stages of a listener: preface (a header in front of everything, as in the PROXY
// protocol), hello (the server name in the ClientHello), TLS handshake. The way begins when the kernel delivers the
// connection, and ends when its owner, such as the HTTP code, takes it over. When a stage reads bytes and does not
// use them, these bytes go to the next stage, and in the end to the owner. So no byte is lost.
import type { Socket } from "node:net";
import { plainAddress } from "../address.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Reader, SocketReads } from "../reads.ts";
import type { RefusalReason, RefusedConnection } from "../tls/refusal.ts";
import type { EndpointPair } from "./accepted.ts";
import type { Told } from "./told.ts";

/**
 * How many milliseconds the stages of TLS may take together: ClientHello and handshake. A preface has a time limit of
 * its own.
 */
export const ARRIVAL_MS = 5_000;

/**
 * Looks at the bytes received so far that no earlier stage used. Each time more bytes have come, it is called again
 * with all of them, until it ends the stage (`Arrival.seen`) or refuses the connection (`Arrival.refuse`).
 */
export type Look = (bytes: Buffer) => void;

const LAST_STAGE = "TLS handshake";
const NOTHING = Buffer.alloc(0);

const ARRIVAL = Symbol("arrival");

interface ArrivingSocket extends Socket {
  [ARRIVAL]?: Arrival;
}

/** Returns the Arrival that was made for a socket, even when the socket has closed since. Undefined = none was made. */
export function arrivalOf(socket: Socket | undefined): Arrival | undefined {
  return (socket as ArrivingSocket | undefined)?.[ARRIVAL];
}

export class Arrival implements Reader {
  readonly socket: Socket;
  /** The memory the socket reads into. Undefined = Node's own buffers. */
  readonly reads: SocketReads | undefined;
  /**
   * The addresses of both ends of the connection, as its preface (PROXY header) reports them. Undefined = the
   * addresses that the kernel reports are used.
   */
  ends: EndpointPair | undefined = undefined;
  /** What else the preface says about the client. */
  told: Told | undefined = undefined;
  readonly bulk = false;
  readonly #refused: (refused: RefusedConnection) => void;
  /** The name of the current stage, as the log writes it: `PROXY header` or `TLS handshake`. */
  #stage = LAST_STAGE;
  #look: Look | undefined = undefined;
  #reading = false;
  #held: Buffer = NOTHING;
  #limit: Timer | undefined = undefined;
  /** Whether the connection was handed over to its owner, or refused. */
  #over = false;

  constructor(
    socket: Socket,
    reads: SocketReads | undefined,
    refused: (refused: RefusedConnection) => void,
  ) {
    this.socket = socket;
    this.reads = reads;
    this.#refused = refused;
    (socket as ArrivingSocket)[ARRIVAL] = this;
  }

  /** Starts a time limit, instead of the one before: when it ends before the stages do, the connection is refused. */
  limit(clock: Clock, ms: number): void {
    this.#limit?.cancel();
    this.#limit = clock.after(ms, () => {
      this.refuse("timeout", `the ${this.#stage} did not end in time`);
    });
  }

  /** Returns the client's address, for a log. */
  get client(): string {
    return this.ends?.client.address ?? plainAddress(this.socket.remoteAddress);
  }

  /** Begins a stage that reads. @param stage the stage's name in the log @param look called with the bytes to read */
  read(stage: string, look: Look): void {
    this.#stage = stage;
    this.#look = look;
    if (!this.#reading) this.#startReading();
    if (this.#held.length > 0) look(this.#held);
  }

  /**
   * Ends the stage. The first `used` bytes belonged to this stage, and the other bytes go to the
   * next stage.
   */
  seen(used: number): void {
    this.#look = undefined;
    this.#stage = LAST_STAGE;
    this.#held = this.#held.subarray(used);
  }

  /**
   * Ends the last stage that reads. The bytes that no stage used go back to the socket, for its
   * next reader.
   */
  release(): void {
    const { socket, reads } = this;
    const held = this.#held;
    this.#held = NOTHING;
    this.#stopReading();
    if (held.length === 0) return;
    if (reads === undefined) socket.unshift(held);
    else reads.unread(held);
  }

  /**
   * Ends the time limit, because the connection goes to its new owner. False = the connection was
   * refused or handed over before, so the caller must not give it to an owner.
   */
  handOver(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#limit?.cancel();
    return true;
  }

  /**
   * Closes the connection and reports the reason. Has no effect when the connection was refused or handed over before.
   * @param farewell the last bytes that the client is sent
   */
  refuse(reason: RefusalReason, why: string, farewell?: Buffer): void {
    if (this.#over) return;
    const client = this.client;
    this.#over = true;
    this.#limit?.cancel();
    this.#stopReading();
    this.socket.on("error", () => undefined);
    // The kernel takes so few bytes at once, so they are sent although the socket is destroyed.
    if (farewell !== undefined) this.socket.write(farewell);
    this.socket.destroy();
    this.#refused({ reason, why, client });
  }

  /**
   * Takes the bytes of a read. They are copied, because a stage may have to wait for more bytes, and the next read of
   * any socket overwrites the shared memory.
   */
  receiveShared(memory: Buffer, length: number): void {
    this.#came(Buffer.from(memory.subarray(0, length)));
  }

  receiveOwned(chunk: Buffer): boolean {
    this.#came(chunk);
    return false;
  }

  #came(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#look?.(this.#held);
  }

  #startReading(): void {
    this.#reading = true;
    const { socket, reads } = this;
    void socket.remoteAddress; // Node keeps an address that was read once, also after a reset
    socket.on("end", this.#left).on("error", this.#left).on("close", this.#left);
    if (reads === undefined) socket.on("readable", this.#readable);
    else {
      reads.reader = this;
      socket.resume();
    }
  }

  #stopReading(): void {
    if (!this.#reading) return;
    this.#reading = false;
    const { socket, reads } = this;
    socket.off("end", this.#left).off("error", this.#left).off("close", this.#left);
    if (reads === undefined) socket.off("readable", this.#readable);
    else socket.pause();
  }

  readonly #readable = (): void => {
    const chunk: Buffer | null = this.socket.read();
    if (chunk !== null) this.#came(chunk);
  };

  readonly #left = (): void => {
    this.refuse("closed", `the client left during the ${this.#stage}`);
  };
}
