// Joins an accepted socket to the session that speaks its protocol.
import type { Socket } from "node:net";
import type { Deadlines, Watched } from "./deadlines.ts";
import type { Reader, SocketReads } from "./reads.ts";

/** The protocol's side of a connection: told what happens on the socket. */
export interface Session extends Watched, Reader {
  receive(chunk: Buffer): void;
  drained(): void;
  /** The peer half-closed. */
  ended(): void;
  closed(): void;
}

/**
 * Feeds `session` from `socket` until the socket closes. Socket errors end in `closed`, as every close
 * does. Without `reads` the socket allocates for each read, as Node's do.
 */
export function attach(
  socket: Socket,
  session: Session,
  deadlines: Deadlines,
  reads?: SocketReads | undefined,
): void {
  deadlines.watch(session);
  if (reads === undefined) socket.on("data", (chunk: Buffer) => session.receive(chunk));
  else {
    reads.reader = session;
    socket.resume();
  }
  socket.on("drain", () => session.drained());
  socket.on("end", () => session.ended());
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    deadlines.forget(session);
    session.closed();
  });
}
