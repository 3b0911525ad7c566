// TCP resets for connections with TLS. Node's resetAndDestroy throws on a TLSSocket, although the
// TCP socket below the TLSSocket can be reset. How to find that TCP socket is not documented. When
// the TCP socket is not found, the connection is closed without close_notify, as with every
// TLSSocket that is destroyed.
import { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** Makes `resetAndDestroy` work on an accepted TLS socket. */
export function allowReset(socket: TLSSocket): void {
  socket.resetAndDestroy = resetBelow;
}

/**
 * Returns the TCP socket that carries a TLS socket. Undefined when that TCP socket is not found.
 */
export function socketBelow(socket: TLSSocket): Socket | undefined {
  const below: unknown = Reflect.get(socket, "_parent");
  return below instanceof Socket ? below : undefined;
}

function resetBelow(this: TLSSocket): TLSSocket {
  const below = socketBelow(this);
  if (below !== undefined && !below.destroyed) below.resetAndDestroy();
  return this.destroy();
}
