// Joins an accepted socket to the session that speaks its protocol.
import type { Socket } from "node:net";
import type { Deadline, Expiring } from "./deadlines.ts";
import type { Reader, SocketReads } from "./reads.ts";

/** The protocol's side of a connection: told what happens on the socket. */
export interface Session extends Expiring, Reader {
  receive(chunk: Buffer): void;
  drained(): void;
  /** The peer half-closed. */
  ended(): void;
  closed(): void;
}

/**
 * What a socket is joined to. The listeners of all sockets are the same five functions, and each finds this
 * by its `this`: closures made for every connection would cost it 400 bytes.
 */
interface Attachment<S extends Session> {
  readonly session: S;
  readonly deadline: Deadline;
  readonly reads: SocketReads | undefined;
  closed(session: S): void;
}

const ATTACHMENT = Symbol("attachment");

interface AttachedSocket extends Socket {
  [ATTACHMENT]: Attachment<Session>;
}

const nobody = (): void => {};

/**
 * Feeds `session` from `socket` until the socket closes: the session is told, and then `closed` with it,
 * which many connections may share. `deadline`, which the session moves, lasts as long. Socket errors end
 * there, as every close does. Without `reads` the socket allocates for each read, as Node's do.
 */
export function attach<S extends Session>(
  socket: Socket,
  session: S,
  deadline: Deadline,
  reads?: SocketReads | undefined,
  closed: (session: S) => void = nobody,
): void {
  const attachment: Attachment<S> = { session, deadline, reads, closed };
  (socket as AttachedSocket)[ATTACHMENT] = attachment;
  deadline.belongsTo(session);
  if (reads === undefined) socket.on("data", received);
  else {
    reads.reader = session;
    socket.resume();
  }
  socket.on("drain", drained);
  socket.on("end", ended);
  socket.on("error", failed);
  socket.on("close", gone);
  reads?.again();
}

function received(this: AttachedSocket, chunk: Buffer): void {
  this[ATTACHMENT].session.receive(chunk);
}

function drained(this: AttachedSocket): void {
  this[ATTACHMENT].session.drained();
}

function ended(this: AttachedSocket): void {
  this[ATTACHMENT].session.ended();
}

function failed(this: AttachedSocket): void {
  this.destroy();
}

function gone(this: AttachedSocket): void {
  const attachment = this[ATTACHMENT];
  const { session, deadline, reads } = attachment;
  deadline.end();
  reads?.closed();
  session.closed();
  attachment.closed(session);
}
