// The third stage: TLS. Where names decide over certificates, the name was read before and says under which options the
// handshake runs; Node has no other way to show, say, one name an ECDSA certificate alone beside a listener that has RSA
// too: a context chosen by SNICallback adds its last certificate to the listener's own.
import type { Socket } from "node:net";
import { createServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from "node:tls";
import { allowReset, socketBelow } from "../reset.ts";
import { onHandshakeFailure } from "../tls/handshake-failures.ts";
import type { ListenerTls } from "../tls/listener-tls.ts";
import type { RefusedConnection } from "../tls/refusal.ts";
import { ARRIVAL_MS } from "./arrival.ts";

/** How long a session may be resumed, RFC 8446 §4.6.1; what OpenSSL has for its own default. */
const SESSION_SECONDS = 7_200;

export interface HandshakeOptions {
  readonly tls: ListenerTls;
  /** A handshake has succeeded. @param below the connection that was given to `begin`, as far as Node tells it */
  readonly succeeded: (socket: TLSSocket, below: Socket | undefined) => void;
  readonly failed: (refused: RefusedConnection, below: Socket | undefined) => void;
}

export class Handshakes {
  readonly #options: HandshakeOptions;
  #tls: ListenerTls;
  /** One for each set of certificates, made when it is first asked for. They never listen. */
  #servers = new Map<TlsOptions, TlsServer>();
  #ticketKeys: Buffer | undefined = undefined;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.#tls = options.tls;
  }

  /** What is shown depends on the name a client asks for. */
  get byName(): boolean {
    return this.#tls.byName !== undefined;
  }

  /** Takes a connection of which nothing has been read, or all that was is back in it. @param name "" = none */
  begin(socket: Socket, name: string): void {
    const { byName, fallback } = this.#tls;
    const options = name === "" ? fallback : (byName?.(name) ?? fallback);
    // Node takes over how far a socket may be half open when it is handed the connection.
    socket.allowHalfOpen = false; // a client that closes before the handshake is over has left
    this.#server(options).emit("connection", socket);
    socket.allowHalfOpen = true;
  }

  /** Shows other certificates from the next handshake on. */
  renew(tls: ListenerTls): void {
    this.#tls = tls;
    this.#servers = new Map();
  }

  /**
   * Session tickets (RFC 5077, RFC 8446 §4.6.1) are made and read with these 48 bytes from the next handshake on; those
   * made with earlier keys lead to full handshakes.
   */
  useTicketKeys(keys: Buffer): void {
    this.#ticketKeys = keys;
    for (const server of this.#servers.values()) server.setTicketKeys(keys);
  }

  #server(options: TlsOptions): TlsServer {
    const known = this.#servers.get(options);
    if (known !== undefined) return known;
    const { succeeded, failed } = this.#options;
    const server = createServer({
      ...{ handshakeTimeout: ARRIVAL_MS, sessionTimeout: SESSION_SECONDS },
      ...options,
      ...(this.#ticketKeys && { ticketKeys: this.#ticketKeys }),
    });
    server.on("secureConnection", (socket) => {
      socket.allowHalfOpen = true;
      allowReset(socket);
      succeeded(socket, socketBelow(socket));
    });
    server.on("tlsClientError", (_, socket) => socket.destroy());
    onHandshakeFailure(server, (refused, socket) => failed(refused, socketBelow(socket)));
    this.#servers.set(options, server);
    return server;
  }
}
