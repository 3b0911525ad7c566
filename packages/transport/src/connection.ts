// Joins an accepted socket to the session that speaks its protocol.
import type { Socket } from "node:net";
import type { Deadlines, Watched } from "./deadlines.ts";

/** The protocol's side of a connection: told what happens on the socket. */
export interface Session extends Watched {
  receive(chunk: Buffer): void;
  drained(): void;
  /** The peer half-closed. */
  ended(): void;
  closed(): void;
}

/** Feeds `session` from `socket` until the socket closes. Socket errors end in `closed`, as every close does. */
export function attach(socket: Socket, session: Session, deadlines: Deadlines): void {
  deadlines.watch(session);
  socket.on("data", (chunk: Buffer) => session.receive(chunk));
  socket.on("drain", () => session.drained());
  socket.on("end", () => session.ended());
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    deadlines.forget(session);
    session.closed();
  });
}
