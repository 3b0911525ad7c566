// The front of a tier: it accepts the connections of clients, in the same way for balancer and webserver.
//
//   accept ──▶ who the client is ──▶ a session of the protocol ──▶ counters ──▶ the tier's handler
//   listener    connection.ts         protocols.ts                 handler.ts    one for each connection
import type { Http2Config, LimitsConfig } from "@tandem/config";
import type { OwnField, SessionTimers } from "@tandem/http/session";
import {
  type Accepted,
  attach,
  type Clock,
  type Deadlines,
  drain,
  Listener,
  type ListenerOptions,
} from "@tandem/transport";
import { FrontConnection, type MeetingTerms } from "./connection.ts";
import type { FrontCounters, MeetClient } from "./handler.ts";
import { type ClientLimits, clientLimits } from "./limits.ts";
import type { ProtocolSession, Protocols } from "./protocol.ts";
import { PROTOCOLS, protocolOf } from "./protocols.ts";

/** The timeouts and limits for a tier's clients, and which clients are trusted. */
export interface Terms extends MeetingTerms {
  readonly timeouts: Omit<SessionTimers, "now" | "wall">;
  readonly limits: LimitsConfig;
  /** The bounds of HTTP/2; the defaults when absent. */
  readonly http2?: Http2Config | undefined;
  /** A field that is added to every answer that does not have this field already. */
  readonly ownField?: OwnField | undefined;
}

export interface FrontOptions {
  readonly listener: Omit<ListenerOptions, "accepted">;
  readonly terms: Terms;
  readonly meet: MeetClient;
  readonly counters: FrontCounters;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** The protocols that clients may speak; `PROTOCOLS` when absent. */
  readonly protocols?: Protocols | undefined;
  /** The name of the protocol on connections without TLS; the first one when absent. */
  readonly plain?: string | undefined;
}

export class Front {
  readonly listener: Listener;
  readonly #options: FrontOptions;
  readonly #protocols: Protocols;
  readonly #sessions = new Set<ProtocolSession>();
  #terms: Terms;
  /** The timers made from the terms. All connections that are accepted under these terms share them. */
  #timers: SessionTimers;
  #limits: ClientLimits;
  #state: "open" | "draining" | "stopped" = "open";

  /** Makes the front, but does not open the port; `listen` does. */
  constructor(options: FrontOptions) {
    const { listener, terms, clock, protocols = PROTOCOLS } = options;
    this.#options = options;
    this.#protocols = protocols;
    this.#terms = terms;
    this.#timers = timersOf(terms, clock);
    this.#limits = clientLimits(terms.limits, terms.http2);
    this.listener = new Listener({
      clock,
      ...listener,
      accepted: (accepted) => this.#accept(accepted),
    });
  }

  listen(): Promise<void> {
    return this.listener.listen();
  }

  /** Returns the port in use. Call it only after `listen`. */
  get port(): number {
    return this.listener.port;
  }

  /**
   * Sets the terms of connections that are accepted from now on. The `ownField` of these terms also applies to
   * connections that are open already.
   */
  set terms(terms: Terms) {
    this.#terms = terms;
    this.#timers = timersOf(terms, this.#options.clock);
    this.#limits = clientLimits(terms.limits, terms.http2);
    for (const session of this.#sessions) session.ownField = terms.ownField;
  }

  /**
   * Drains the connections. Resolves when the last connection has closed, or at the deadline.
   * `replaced` is set when a reload removes this front, or when another process serves in its
   * place; the front then stops accepting connections at once.
   */
  drain(deadlineMs: number, replaced = false): Promise<void> {
    this.#state = "draining";
    return drain({
      connections: this.#sessions,
      clock: this.#options.clock,
      ...{ deadlineMs, replaced },
      accepted: () => this.listener.accepted,
      stopAccepting: () => this.listener.close(),
      arriving: () => this.listener.arriving,
    });
  }

  /** Ends all connections and closes the port at once. */
  stop(): void {
    this.#state = "stopped";
    // The sessions stop first. If the listener stopped first, it would end TLS, and then a session
    // could no longer reset its connection.
    for (const session of this.#sessions) session.stop();
    this.listener.stop();
  }

  #accept(accepted: Accepted): void {
    const { socket, reads, tls } = accepted;
    if (this.#state === "stopped") {
      socket.destroy(); // the front stopped during the TLS handshake
      return;
    }
    const { counters, meet, deadlines, plain } = this.#options;
    const { ownField } = this.#terms;
    const { name, open } = protocolOf(tls, this.#protocols, plain);
    const client = new FrontConnection(accepted, this.port, name, this.#terms, counters, meet);
    const limits = client.trusted ? this.#limits.proxied : this.#limits.direct;
    const deadline = deadlines.add();
    const session = open(socket, client, this.#timers, limits, deadline, reads?.afterReads);
    // A connection that is accepted while the front drains gets one answer, which says `Connection: close` over
    // HTTP/1.1. Then the connection is closed.
    session.draining = this.#state === "draining";
    session.ownField = ownField;
    this.#sessions.add(session);
    counters.opened();
    attach(socket, session, deadline, reads, this.#closed);
  }

  readonly #closed = (session: ProtocolSession): void => {
    this.#sessions.delete(session);
    this.#options.counters.closed();
  };
}

function timersOf({ timeouts }: Terms, clock: Clock): SessionTimers {
  return { now: () => clock.now(), wall: () => clock.wall(), ...timeouts };
}
