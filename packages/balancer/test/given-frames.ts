// A server of HTTP/2 whose frames the test chooses one by one, for what node:http2 never does.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export const TYPE = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
} as const;

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADER = 9;
export const END_STREAM = 0x1;
const END_HEADERS = 0x4;
const ACK = 0x1;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
}

/** The server's end of one connection. */
export interface Peer {
  readonly socket: Socket;
  /** The frames that have come so far. */
  readonly frames: readonly Frame[];
  /** The ids of the requests that have come so far. */
  readonly requests: () => number[];
  send(type: number, flags: number, id: number, payload?: Buffer | string): void;
  settings(values: Readonly<Record<number, number>>): void;
  /** Acknowledges the other side's settings, behind our own. */
  acknowledge(): void;
  /** Answers 200; the body ends the stream unless `open`. */
  answer(id: number, body: string, open?: boolean): void;
  goaway(last: number, code?: number): void;
  reset(id: number, code: number): void;
}

export interface FrameServer extends AsyncDisposable {
  readonly port: number;
  readonly peers: readonly Peer[];
}

/** `begin` is called for each connection, and sends the settings; `heard` for each frame but SETTINGS and its ACK. */
export async function givenFrameServer(
  heard: (peer: Peer, frame: Frame) => void,
  begin: (peer: Peer) => void = (peer) => peer.settings({}),
): Promise<FrameServer> {
  const peers: Peer[] = [];
  const server = createServer((socket) => {
    const frames: Frame[] = [];
    const peer = peerOf(socket, frames);
    peers.push(peer);
    socket.on("error", () => undefined);
    let rest = Buffer.alloc(0);
    let preface = PREFACE.length;
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      if (rest.length < preface) return;
      rest = rest.subarray(preface);
      preface = 0;
      while (rest.length >= HEADER && rest.length >= HEADER + rest.readUIntBE(0, 3)) {
        const end = HEADER + rest.readUIntBE(0, 3);
        const [type = 0, flags = 0] = rest.subarray(3, 5);
        const frame = {
          type,
          flags,
          id: rest.readUInt32BE(5),
          payload: rest.subarray(HEADER, end),
        };
        rest = rest.subarray(end);
        frames.push(frame);
        if (type !== TYPE.settings) heard(peer, frame);
        else if ((flags & ACK) === 0) peer.acknowledge();
      }
    });
    begin(peer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    peers,
    async [Symbol.asyncDispose]() {
      for (const { socket } of peers) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function peerOf(socket: Socket, frames: readonly Frame[]): Peer {
  const send = (type: number, flags: number, id: number, payload: Buffer | string = ""): void => {
    const bytes = Buffer.from(payload as string);
    const head = Buffer.alloc(HEADER);
    head.writeUIntBE(bytes.length, 0, 3);
    head.set([type, flags], 3);
    head.writeUInt32BE(id, 5);
    socket.write(Buffer.concat([head, bytes]));
  };
  const words = (...values: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
    return bytes;
  };
  let begun = false;
  let owed = false;
  return {
    socket,
    frames,
    requests: () => frames.flatMap(({ type, id }) => (type === TYPE.headers ? id : [])),
    send,
    settings(values) {
      const entries = Object.entries(values);
      const bytes = Buffer.alloc(6 * entries.length);
      for (const [i, [id, value]] of entries.entries()) {
        bytes.writeUInt16BE(Number(id), 6 * i);
        bytes.writeUInt32BE(value, 6 * i + 2);
      }
      send(TYPE.settings, 0, 0, bytes);
      begun = true;
      if (owed) send(TYPE.settings, ACK, 0);
      owed = false;
    },
    acknowledge() {
      if (begun) send(TYPE.settings, ACK, 0);
      else owed = true;
    },
    answer(id, body, open = false) {
      send(TYPE.headers, END_HEADERS, id, Buffer.from([0x88])); // :status 200, of HPACK's static table
      send(TYPE.data, open ? 0 : END_STREAM, id, body);
    },
    goaway: (last, code = 0) => send(TYPE.goaway, 0, 0, words(last, code)),
    reset: (id, code) => send(TYPE.reset, 0, id, words(code)),
  };
}
