// Joins an accepted socket to the session that speaks its protocol.
import type { Socket } from "node:net";
import type { Deadline, Expiring } from "./deadlines.ts";
import type { Reader, SocketReads } from "./reads.ts";

/** The part of a connection that speaks the protocol. Its methods are called when something happens on the socket. */
export interface Session extends Expiring, Reader {
  receive(chunk: Buffer): void;
  drained(): void;
  /** Called when the peer has half-closed, so that no more bytes will be received. */
  ended(): void;
  closed(): void;
}

/**
 * The session and the deadline that belong to a socket. All sockets have the same five functions as listeners, and each
 * function finds the attachment through `this`, the socket. With closures instead, every connection would need 400
 * bytes more.
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

const noCallback = (): void => {};

/**
 * Passes everything that happens on `socket` to `session`. The session sets the time of `deadline`. When the socket
 * has closed, `deadline` is ended, `session.closed()` is called, and then the parameter `closed` with the session;
 * many connections may share one such function. An error of the socket closes the socket and is not reported in any
 * other way. Without `reads` Node allocates memory for each read.
 */
export function attach<S extends Session>(
  socket: Socket,
  session: S,
  deadline: Deadline,
  reads?: SocketReads | undefined,
  closed: (session: S) => void = noCallback,
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
