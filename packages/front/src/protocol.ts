// A protocol that clients speak: how its sessions are opened. The list of protocols is in protocols.ts.
import type { Socket } from "node:net";
import type {
  OwnField,
  SessionHandler,
  SessionLimits,
  SessionTimers,
  Turn,
} from "@tandem/http/session";
import type { Deadline, Drainable, Session } from "@tandem/transport";

/**
 * The session of a protocol on one connection. The session passes each request to its handler, and reports the end of
 * each request once.
 */
export interface ProtocolSession extends Session, Drainable {
  /** A field that is added to every answer that does not have this field already. A reload may change it. */
  ownField: OwnField | undefined;
  /** Ends the session and all its exchanges at once. */
  stop(): void;
}

/**
 * Opens a session on `socket`. The front passes the events of the socket to the session. The session sets the time in
 * `deadline`; when that time has passed, the session's `expired` is called. `turn` calls back when every socket that is
 * ready has been read.
 */
export type OpenSession = (
  socket: Socket,
  handler: SessionHandler,
  timers: SessionTimers,
  limits: SessionLimits,
  deadline: Deadline,
  turn?: Turn | undefined,
) => ProtocolSession;

export interface Protocol {
  /** The protocol's name in a TLS handshake (ALPN, RFC 7301). */
  readonly name: string;
  readonly open: OpenSession;
}

/** The protocols that clients may speak. The first protocol is used when the TLS handshake did not agree on one. */
export type Protocols = readonly [Protocol, ...Protocol[]];
