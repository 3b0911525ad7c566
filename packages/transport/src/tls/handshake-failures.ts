// Reports failed handshakes of a TLS server together with the client's address. The address is read before the
// handshake, because a closed socket no longer knows it.
import type { Socket } from "node:net";
import type { Server, TLSSocket } from "node:tls";
import { socketBelow } from "../reset.ts";
import { handshakeRefusal, type RefusedConnection } from "./refusal.ts";

/**
 * Calls `failed` for each failed handshake, just before its connection is closed. Must be called before the server has
 * connections.
 */
export function onHandshakeFailure(
  server: Server,
  failed: (refused: RefusedConnection, socket: TLSSocket) => void,
): void {
  // Node keeps the address in the socket once it was read. So the address is still known when the handshake fails.
  server.on("connection", (socket: Socket) => void socket.remoteAddress);
  server.on("tlsClientError", (error, socket) => {
    // Node closes the connection of a client whose certificate it refuses, and reports a connection that was lost.
    if (socket.authorizationError) failed(certificateFailure(socket), socket);
    else failed(handshakeRefusal(error, addressOf(socket)), socket);
  });
}

/** Returns the refusal for a client whose certificate could not be verified. */
export function certificateFailure(socket: TLSSocket): RefusedConnection {
  return certificateRefusal(socket, String(socket.authorizationError));
}

/** Returns the refusal for a client whose certificate has the fault `code`, as OpenSSL names it. */
export function certificateRefusal(socket: TLSSocket, code: string): RefusedConnection {
  return handshakeRefusal(Object.assign(new Error(code), { code }), addressOf(socket));
}

function addressOf(socket: TLSSocket): string {
  return socket.remoteAddress ?? socketBelow(socket)?.remoteAddress ?? "";
}
