// TCP resets at once, with and without TLS. Node's own resetAndDestroy does not do for a proxy: it throws on a TLSSocket,
// it first waits until the peer has taken everything that was written, and while a half-close is under way it leaves the
// descriptor open for ever: libuv then refuses the reset, and Node takes the handle for closed.
// How to find the handle of the TCP connection is not documented. When it is not found, the connection is closed without
// a reset.
import { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** The part of Node's handle of a TCP connection that a reset needs. */
interface TcpHandle {
  close: (done: () => void) => unknown;
  reset(done: () => void): unknown;
}

/**
 * Closes a connection at once with a reset. Bytes that were not sent yet are lost. While a half-close is under way, the
 * connection is closed without a reset: its peer learns of the end all the same, and gets a reset when it sends more.
 */
export function resetNow(socket: Socket): void {
  if (socket.destroyed) return;
  const halfClosing = socket.writableEnded && !socket.writableFinished;
  const handle = halfClosing ? undefined : tcpHandleOf(socket);
  // `destroy` calls this `close`, and reports that the socket has closed when `done` is called.
  if (handle !== undefined) handle.close = (done) => handle.reset(done);
  socket.destroy();
}

/** Makes `resetAndDestroy` work on a TLS socket, accepted or connected. */
export function allowReset(socket: TLSSocket): void {
  socket.resetAndDestroy = resetThis;
}

function resetThis(this: TLSSocket): TLSSocket {
  resetNow(this);
  return this;
}

/**
 * Returns the TCP socket that carries an accepted TLS socket. Undefined when that TCP socket is not found.
 */
export function socketBelow(socket: TLSSocket): Socket | undefined {
  const below: unknown = Reflect.get(socket, "_parent");
  return below instanceof Socket ? below : undefined;
}

/** The handle of a plain socket is the TCP connection; below the handle of a TLS socket lies that of the connection. */
function tcpHandleOf(socket: Socket): TcpHandle | undefined {
  const handle: unknown = Reflect.get(socket, "_handle");
  const below: unknown = isObject(handle) ? Reflect.get(handle, "_parent") : undefined;
  const tcp = below ?? handle;
  return isTcp(tcp) ? tcp : undefined;
}

function isTcp(handle: unknown): handle is TcpHandle {
  return (
    isObject(handle) && "close" in handle && typeof Reflect.get(handle, "reset") === "function"
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
