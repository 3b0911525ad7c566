// WINDOW_UPDATE frames that give back what we have sent are no flood, however large the windows are (RFC 9113 §6.9,
// §10.5): many clients send two for each read, one for the stream and one for the connection. So the bytes that we send
// pay for them. An update costs the same whatever its increment is, because the work that it makes is the same.

/** The bytes that pay for an update: a peer may give them back in pieces of this size, on stream and connection. */
const PIECE = 256;
/** How often a byte is given back: to its stream, and to the connection. */
const WINDOWS = 2;
/** The least that a frame of ours pays: for two updates and two more. Messages of gRPC are often tiny. */
const LEAST = 4 * PIECE;
/**
 * The most that is kept, for 262,144 updates. It covers 512 MiB that are under way to a client that gives back 4096
 * bytes at a time, as Go does, and bounds how many updates may come at once.
 */
const MOST = 64 * 1024 * 1024;

export class UpdateCredit {
  #bytes = 0;

  /** Counts a DATA frame of ours. */
  sent(bytes: number): void {
    this.#bytes = Math.min(MOST, this.#bytes + Math.max(LEAST, WINDOWS * bytes));
  }

  /** Takes what one update costs. Returns false when too little is left. */
  take(): boolean {
    if (this.#bytes < PIECE) return false;
    this.#bytes -= PIECE;
    return true;
  }
}
