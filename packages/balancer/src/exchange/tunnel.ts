// Two connections as one, after a 101: bytes both ways with backpressure, half-close passed on, and
// when either side is lost both are destroyed, so that no descriptor outlives its peer.

import type { Fields } from "@tandem/http";
import type { ServerExchange } from "@tandem/http/session";
import type { ServerConnection } from "../pool/server-connection.ts";

export interface TunnelOptions {
  readonly exchange: ServerExchange;
  readonly connection: ServerConnection;
  readonly reason: string;
  readonly fields: Fields;
  /** Both sides have said all they had to say. */
  readonly ended: () => void;
}

/** Joins the client of `exchange` with the server of `connection`. */
export function openTunnel({ exchange, connection, reason, fields, ended }: TunnelOptions): void {
  const { socket, session } = connection;
  connection.deadline = Number.POSITIVE_INFINITY;
  exchange.switchProtocols(
    reason,
    fields,
    (chunk) => {
      if (!socket.write(chunk)) exchange.pauseTunnel();
    },
    () => socket.end(),
  );
  session.tunnel((chunk) => {
    if (!exchange.writeTunnel(chunk)) socket.pause();
  });
  exchange.listener = {
    drained: () => void socket.resume(),
    halfClosed: () => undefined, // the session has told us through the second callback
    aborted: () => {
      socket.destroy();
      ended();
    },
  };
  socket.on("drain", () => exchange.resumeTunnel());
  socket.on("end", () => exchange.endTunnel());
}
