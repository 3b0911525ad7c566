// Two connections as one, after a 101: bytes both ways with backpressure, half-close passed on, and
// when either side is lost both are destroyed, so that no descriptor outlives its peer.

import type { Fields } from "@tandem/http";
import type { ServerExchange } from "@tandem/http/session";
import type { ServerConnection } from "../pool/server-connection.ts";

export interface TunnelOptions {
  readonly exchange: ServerExchange;
  readonly connection: ServerConnection;
  readonly protocol: string;
  readonly reason: string;
  /** Of the 101, without hop-by-hop fields. */
  readonly fields: Fields;
  /** Both sides have said all they had to say. */
  readonly ended: () => void;
}

/** Joins the client of `exchange` with the server of `connection`. */
export function openTunnel(options: TunnelOptions): void {
  const { exchange, connection, protocol, reason, fields, ended } = options;
  const { socket, session } = connection;
  fields.add("Connection", "upgrade");
  fields.add("Upgrade", protocol);
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
