// Reports failed handshakes of a TLS server with the client's address, which a closed socket does not know
// any more.
import type { Socket } from "node:net";
import type { Server, TLSSocket } from "node:tls";
import { socketBelow } from "../reset.ts";
import { handshakeRefusal, type RefusedConnection } from "./refusal.ts";

/**
 * Calls `failed` for each failed handshake, whose connection is about to be closed. To be called before the
 * server has connections.
 */
export function onHandshakeFailure(
  server: Server,
  failed: (refused: RefusedConnection, socket: TLSSocket) => void,
): void {
  // Node keeps the address in the socket once it has been read.
  server.on("connection", (socket: Socket) => void socket.remoteAddress);
  server.on("tlsClientError", (error, socket) => {
    const client = socket.remoteAddress ?? socketBelow(socket)?.remoteAddress ?? "";
    failed(handshakeRefusal(error, client), socket);
  });
}
