// A protocol that clients speak: how its sessions are opened. The list of protocols is in protocols.ts.
import type { Socket } from "node:net";
import type { OwnField, SessionHandler, SessionLimits, SessionTimers } from "@tandem/http/session";
import type { Deadline, Drainable, Session } from "@tandem/transport";

/**
 * The session of a protocol on one connection. It tells its handler about each request, and once about each request's
 * end.
 */
export interface ProtocolSession extends Session, Drainable {
  /** A field that is added to every answer that does not have it. A reload may change it. */
  ownField: OwnField | undefined;
  /** Ends everything at once. */
  stop(): void;
}

/**
 * Opens a session. The front passes the events of the socket to the session. The session sets the deadline, and is
 * told when the deadline has passed.
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

/** The first one is used where the TLS handshake did not agree on a protocol. */
export type Protocols = readonly [Protocol, ...Protocol[]];
