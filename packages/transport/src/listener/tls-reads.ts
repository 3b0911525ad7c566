// Makes the TLS connections of clients read into ReadBuffers. Node offers the option `onread` only for sockets that
// connect, and not for a TLSSocket that was accepted, although both kinds of sockets work the same inside. So this file
// sets the fields that the option would set. It finds the names of the fields on a socket that is made with the option.
// The fields are not a documented interface. When the fields do not look as expected, connections read in the
// documented way, which costs a little more.
import { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { type ReadBuffers, SocketReads } from "../reads.ts";

interface Places {
  readonly memory: symbol;
  readonly provide: symbol;
  readonly callback: symbol;
}

interface ReadingHandle {
  useUserBuffer(memory: Uint8Array): void;
}

/**
 * The names of the fields in which Node keeps the parts of `onread`. Undefined when the fields do not look as
 * expected.
 */
const places: Places | undefined = findPlaces();

function findPlaces(): Places | undefined {
  const onread = { buffer: () => Buffer.alloc(0), callback: () => true };
  const probe = new Socket({ onread });
  const named = (name: string): symbol | undefined =>
    Object.getOwnPropertySymbols(probe).find(({ description }) => description === name);
  const [memory, provide, callback] = ["kBuffer", "kBufferGen", "kBufferCb"].map(named);
  if (memory === undefined || provide === undefined || callback === undefined) return undefined;
  const kept =
    Reflect.get(probe, provide) === onread.buffer &&
    Reflect.get(probe, callback) === onread.callback;
  return kept ? { memory, provide, callback } : undefined;
}

/**
 * Makes a TLS socket read into `buffers`. The socket's handshake must have just succeeded. Undefined = the socket is
 * unchanged, because this version of Node has other fields, or because the socket has received bytes already.
 */
export function readIntoBuffers(socket: TLSSocket, buffers: ReadBuffers): SocketReads | undefined {
  const handle: unknown = Reflect.get(socket, "_handle");
  if (places === undefined || !reads(handle) || !(places.memory in socket)) return undefined;
  if (socket.readableLength > 0) return undefined; // bytes were read already, and a reader set now would miss them
  const result = new SocketReads(buffers, true);
  const { buffer, callback } = result.onread;
  const memory = typeof buffer === "function" ? buffer() : buffer;
  Reflect.set(socket, places.memory, memory);
  Reflect.set(socket, places.provide, buffer);
  Reflect.set(socket, places.callback, callback);
  handle.useUserBuffer(memory);
  deliverBeforeEnd(socket, result);
  return result;
}

/**
 * Has the records that were gathered delivered before the end of `socket`, or its error, is told. Call before any other
 * listener is added to the socket.
 */
export function deliverBeforeEnd(socket: TLSSocket, reads: SocketReads): void {
  const deliver = (): void => reads.deliver();
  socket.on("end", deliver);
  socket.on("error", deliver);
}

function reads(handle: unknown): handle is ReadingHandle {
  return typeof handle === "object" && handle !== null && "useUserBuffer" in handle;
}

/**
 * Returns the reads of a TLS socket whose handshake has just succeeded, for a socket that needs them: into `buffers` where
 * that is possible, else in the documented way. The reader must be set before the next event of the socket.
 */
export function readsOfTls(socket: TLSSocket, buffers: ReadBuffers): SocketReads {
  const direct = readIntoBuffers(socket, buffers);
  if (direct !== undefined) return direct;
  const reads = new SocketReads(buffers);
  socket.on("data", (chunk: Buffer) => {
    reads.unread(chunk);
    reads.again();
  });
  return reads;
}
