// Failed handshakes of a TLS server, told with the client's address, which a socket that has closed no longer knows.
import type { Socket } from "node:net";
import type { Server, TLSSocket } from "node:tls";
import { socketBelow } from "../reset.ts";
import { handshakeRefusal, type RefusedConnection } from "./refusal.ts";

/** Calls `failed` for each; the connection is as good as gone then. For a server that has no connections yet. */
export function onHandshakeFailure(
  server: Server,
  failed: (refused: RefusedConnection, socket: TLSSocket) => void,
): void {
  // Once asked for, the address stays with the socket.
  server.on("connection", (socket: Socket) => void socket.remoteAddress);
  server.on("tlsClientError", (error, socket) => {
    const client = socket.remoteAddress ?? socketBelow(socket)?.remoteAddress ?? "";
    failed(handshakeRefusal(error, client), socket);
  });
}
