// Reports failed handshakes of a TLS server together with the client's address. A closed socket no longer knows that
// address.
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
  // Reading the address makes Node keep it in the socket.
  server.on("connection", (socket: Socket) => void socket.remoteAddress);
  server.on("tlsClientError", (error, socket) => {
    const client = socket.remoteAddress ?? socketBelow(socket)?.remoteAddress ?? "";
    failed(handshakeRefusal(error, client), socket);
  });
}
