// From accepted TCP connections to TLS ones. Where names decide over certificates, the name is read first and the
// connection then given to the context for it; Node has no other way to show, say, one name an ECDSA certificate alone
// beside a listener that has RSA too: a context chosen by SNICallback adds its last certificate to the listener's own.
import type { Socket } from "node:net";
import { createServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from "node:tls";
import { type Clock, systemClock } from "../clock.ts";
import { allowReset } from "../reset.ts";
import { serverNameOf } from "./client-hello.ts";
import { onHandshakeFailure } from "./handshake-failures.ts";
import type { ListenerTls } from "./listener-tls.ts";
import { handshakeRefusal, type RefusedConnection } from "./refusal.ts";

/** For a hello, and again for the rest of the handshake. */
const HANDSHAKE_MS = 5_000;
/** How long a session may be resumed, RFC 8446 §4.6.1; what OpenSSL has for its own default. */
const SESSION_SECONDS = 7_200;

export interface AcceptorOptions {
  readonly tls: ListenerTls;
  readonly accepted: (socket: TLSSocket) => void;
  readonly refused: (refused: RefusedConnection) => void;
  readonly clock?: Clock | undefined;
}

export class TlsAcceptor {
  readonly #options: AcceptorOptions;
  readonly #clock: Clock;
  #tls: ListenerTls;
  /** One for each set of certificates, made when it is first asked for. They never listen. */
  #servers = new Map<TlsOptions, TlsServer>();
  #ticketKeys: Buffer | undefined = undefined;

  constructor(options: AcceptorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#tls = options.tls;
  }

  /** Takes a new connection, of which nothing has been read. */
  accept(socket: Socket): void {
    if (this.#tls.byName === undefined) this.#handshake(socket, this.#tls.fallback);
    else this.#readName(socket);
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

  #readName(socket: Socket): void {
    const client = socket.remoteAddress ?? "";
    let held: Buffer | undefined;
    const settle = (): void => {
      limit.cancel();
      socket.off("readable", read).off("end", left).off("error", left).off("close", left);
    };
    const refuse = (code: string): void => {
      settle();
      socket.on("error", () => undefined);
      socket.destroy();
      this.#options.refused(handshakeRefusal(Object.assign(new Error(), { code }), client));
    };
    const left = (): void => refuse("ECONNRESET");
    const limit = this.#clock.after(HANDSHAKE_MS, () => refuse("ERR_TLS_HANDSHAKE_TIMEOUT"));
    const read = (): void => {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      held = held === undefined ? chunk : Buffer.concat([held, chunk]);
      const name = serverNameOf(held);
      if (name === undefined) return;
      settle();
      socket.unshift(held);
      const options = name === "" ? undefined : this.#tls.byName?.(name);
      this.#handshake(socket, options ?? this.#tls.fallback);
    };
    socket.on("readable", read).on("end", left).on("error", left).on("close", left);
  }

  /** Node takes over how far a socket may be half open when it is handed the connection. */
  #handshake(socket: Socket, options: TlsOptions): void {
    socket.allowHalfOpen = false; // a client that closes before the handshake is over has left
    this.#server(options).emit("connection", socket);
    socket.allowHalfOpen = true;
  }

  #server(options: TlsOptions): TlsServer {
    const known = this.#servers.get(options);
    if (known !== undefined) return known;
    const server = createServer({
      ...{ handshakeTimeout: HANDSHAKE_MS, sessionTimeout: SESSION_SECONDS },
      ...options,
      ...(this.#ticketKeys && { ticketKeys: this.#ticketKeys }),
    });
    server.on("secureConnection", (socket) => {
      socket.allowHalfOpen = true;
      allowReset(socket);
      this.#options.accepted(socket);
    });
    server.on("tlsClientError", (_, socket) => socket.destroy());
    onHandshakeFailure(server, this.#options.refused);
    this.#servers.set(options, server);
    return server;
  }
}
