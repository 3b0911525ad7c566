// TLS connections of clients that read into our memory. Node offers `onread` for sockets that connect, with TLS too, and for
// an accepted TLSSocket it has no such option, while the socket and its handle are made the same. What the option would have
// set is set here, and found by the names of what it sets on a socket of ours: not a documented interface. Where it does
// not look as expected, connections read the documented way, a little dearer.
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

/** Where Node keeps the parts of `onread`; undefined where it keeps them otherwise. */
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
 * Makes a TLS socket whose handshake has just succeeded read into `buffers`. Undefined = this Node does not let us, and
 * nothing has changed.
 */
export function readIntoBuffers(socket: TLSSocket, buffers: ReadBuffers): SocketReads | undefined {
  const handle: unknown = Reflect.get(socket, "_handle");
  if (places === undefined || !reads(handle) || !(places.memory in socket)) return undefined;
  if (socket.readableLength > 0) return undefined; // it was read already: a reader would come too late
  const result = new SocketReads(buffers);
  const { buffer, callback } = result.onread;
  const memory = typeof buffer === "function" ? buffer() : buffer;
  Reflect.set(socket, places.memory, memory);
  Reflect.set(socket, places.provide, buffer);
  Reflect.set(socket, places.callback, callback);
  handle.useUserBuffer(memory);
  return result;
}

function reads(handle: unknown): handle is ReadingHandle {
  return typeof handle === "object" && handle !== null && "useUserBuffer" in handle;
}
