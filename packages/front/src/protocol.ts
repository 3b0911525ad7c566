// A protocol that clients speak: how a session of it is opened on a connection. The rows are in protocols.ts.
import type { Socket } from "node:net";
import type { OwnField, SessionHandler, SessionLimits, SessionTimers } from "@tandem/http/session";
import type { Deadline, Drainable, Session } from "@tandem/transport";

/** A protocol at work on one connection. It tells its handler of each request, and once of each request's end. */
export interface ProtocolSession extends Session, Drainable {
  /** A field that each answer gets which does not have it. A reload may change it. */
  ownField: OwnField | undefined;
  /** Ends everything at once. */
  stop(): void;
}

/**
 * Opens a session. What comes on the socket is told to the session by the front; the session moves the deadline, and
 * is told when it has passed.
 */
export type OpenSession = (
  socket: Socket,
  handler: SessionHandler,
  timers: SessionTimers,
  limits: SessionLimits,
  deadline: Deadline,
) => ProtocolSession;

export interface Protocol {
  /** Its name in a TLS handshake (ALPN, RFC 7301). */
  readonly name: string;
  readonly open: OpenSession;
}

/** Those that are spoken somewhere. The first is spoken where a handshake has not agreed on one. */
export type Protocols = readonly [Protocol, ...Protocol[]];
