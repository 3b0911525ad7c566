// The frames of a toy protocol that carries many requests on one connection, each on a stream of its own:
//
//   stream, 4 bytes │ type, 1 byte │ length, 4 bytes │ payload
//
// A head is the same text as in HTTP/1.1, without its empty line. A body ends with the frame `end`, whatever length its
// head announces.

export const FRAME = { head: 1, body: 2, end: 3, reset: 4, goaway: 5 } as const;
export type FrameType = (typeof FRAME)[keyof typeof FRAME];

/** The payloads of a reset frame. REFUSED: the server has not processed any part of the request. */
export const CANCELLED = "cancelled";
export const REFUSED = "refused";

const HEADER = 9;

export function frame(stream: number, type: FrameType, payload: Buffer | string = ""): Buffer {
  const bytes = typeof payload === "string" ? Buffer.from(payload, "latin1") : payload;
  const whole = Buffer.alloc(HEADER + bytes.length);
  whole.writeUInt32BE(stream, 0);
  whole.writeUInt8(type, 4);
  whole.writeUInt32BE(bytes.length, 5);
  bytes.copy(whole, HEADER);
  return whole;
}

export type TakeFrame = (stream: number, type: number, payload: Buffer) => void;

/** Splits received bytes into frames. */
export class FrameReader {
  readonly #take: TakeFrame;
  #rest = Buffer.alloc(0);

  constructor(take: TakeFrame) {
    this.#take = take;
  }

  /** Takes received bytes and passes on each complete frame. The payloads of the frames are copies. */
  read(chunk: Buffer): void {
    let bytes = Buffer.concat([this.#rest, chunk]);
    while (bytes.length >= HEADER) {
      const end = HEADER + bytes.readUInt32BE(5);
      if (bytes.length < end) break;
      this.#take(bytes.readUInt32BE(0), bytes.readUInt8(4), bytes.subarray(HEADER, end));
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes;
  }
}
