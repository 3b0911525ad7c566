// The third stage of a connection at a listener: the TLS handshake. When the certificate depends on
// the server name, the second stage (hello.ts) has read the name, and the handshake runs with the
// options for that name. Node's SNICallback is not used, because it cannot replace the certificates
// of the listener: Node only adds the last certificate of the chosen context to these certificates.
// So at a listener with an RSA certificate, no name could be served with an ECDSA certificate
// alone.
import type { Socket } from "node:net";
import { createServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from "node:tls";
import type { Clock } from "../clock.ts";
import { allowReset, socketBelow } from "../reset.ts";
import { type ClientValidity, clientValidity } from "../tls/client-validity.ts";
import {
  certificateFailure,
  certificateRefusal,
  onHandshakeFailure,
} from "../tls/handshake-failures.ts";
import type { ListenerTls } from "../tls/listener-tls.ts";
import type { RefusedConnection } from "../tls/refusal.ts";
import { ARRIVAL_MS } from "./arrival.ts";
import { HandshakeSlots, type NoSlot } from "./handshake-slots.ts";

/** For how many seconds a TLS session may be resumed (RFC 8446 §4.6.1). This is OpenSSL's default. */
const SESSION_SECONDS = 7_200;

const ownPeriod = clientValidity([]);

export interface HandshakeOptions {
  readonly tls: ListenerTls;
  readonly clock: Pick<Clock, "wall">;
  /**
   * Called when a handshake has succeeded. @param below the TCP socket that was passed to `begin`; undefined when Node
   * does not reveal which socket it was
   */
  readonly succeeded: (socket: TLSSocket, below: Socket | undefined) => void;
  readonly failed: (refused: RefusedConnection, below: Socket | undefined) => void;
}

export class Handshakes {
  readonly #options: HandshakeOptions;
  #tls: ListenerTls;
  /**
   * One TLS server for each set of certificates, made when the set is first needed. These servers never listen on a
   * port.
   */
  #servers = new Map<TlsOptions, TlsServer>();
  #ticketKeys: Buffer | undefined = undefined;
  readonly #slots: HandshakeSlots;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.#tls = options.tls;
    this.#slots = new HandshakeSlots(options.tls.limits);
  }

  /** Whether the server name that a client asks for has to be known before the handshake. */
  get byName(): boolean {
    return this.#tls.byName !== undefined;
  }

  /**
   * Returns why the handshake of `socket` may not begin, because too many are under way. Undefined = it may begin, and
   * is counted until it ends or the socket closes.
   */
  admit(socket: Socket, client: string): NoSlot | undefined {
    return this.#slots.take(socket, client);
  }

  /** Returns whether clients that ask for this server name are refused. "" = no server name */
  refuses(name: string): boolean {
    const { byName, rejectUnknown } = this.#tls;
    return rejectUnknown === true && (name === "" || byName?.(name) === undefined);
  }

  /**
   * Begins the handshake. Bytes that earlier stages read must have been given back to the socket. @param name "" = no
   * server name
   */
  begin(socket: Socket, name: string): void {
    const { byName, fallback } = this.#tls;
    const options = name === "" ? fallback : (byName?.(name) ?? fallback);
    // The `emit` below makes the TLS socket. Node copies `allowHalfOpen` to the TLS socket in that call.
    socket.allowHalfOpen = false; // a client that half-closes during the handshake has given up
    this.#server(options).emit("connection", socket);
    socket.allowHalfOpen = true;
  }

  /** Uses the certificates in `tls` from the next handshake on. */
  renew(tls: ListenerTls): void {
    this.#tls = tls;
    this.#slots.limits = tls.limits;
    this.#servers = new Map();
  }

  /**
   * From the next handshake on, session tickets (RFC 5077, RFC 8446 §4.6.1) are made and read with these 48 bytes. A
   * client with a ticket that was made with other keys has to do a full handshake.
   */
  useTicketKeys(keys: Buffer): void {
    this.#ticketKeys = keys;
    for (const server of this.#servers.values()) server.setTicketKeys(keys);
  }

  #server(options: TlsOptions): TlsServer {
    const known = this.#servers.get(options);
    if (known !== undefined) return known;
    const { succeeded, failed } = this.#options;
    const { clientValidity: validity = ownPeriod } = this.#tls;
    const server = createServer({
      ...{ handshakeTimeout: ARRIVAL_MS, sessionTimeout: SESSION_SECONDS },
      ...options,
      ...(this.#ticketKeys && { ticketKeys: this.#ticketKeys }),
    });
    server.on("secureConnection", (socket) => {
      const below = socketBelow(socket);
      // When Node does not reveal the TCP socket, handshakes that have ended cannot be told from others.
      if (below === undefined) this.#slots.limits = undefined;
      else this.#slots.free(below);
      const refused = options.requestCert === true ? this.#unverified(socket, validity) : undefined;
      if (refused !== undefined) {
        failed(refused, below);
        socket.destroy();
        return;
      }
      socket.allowHalfOpen = true;
      allowReset(socket);
      succeeded(socket, below);
    });
    server.on("tlsClientError", (_, socket) => socket.destroy());
    onHandshakeFailure(server, (refused, socket) => failed(refused, socketBelow(socket)));
    this.#servers.set(options, server);
    return server;
  }

  /**
   * Returns the refusal of a client whose certificate is not verified; undefined when it is, or when none was shown.
   * Node lets such a client in where a certificate is optional, and OpenSSL lets each in that resumes a session.
   */
  #unverified(socket: TLSSocket, validity: ClientValidity): RefusedConnection | undefined {
    const resumed = socket.isSessionReused();
    if (socket.authorized && !resumed) return undefined;
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return undefined;
    if (!socket.authorized) return certificateFailure(socket);
    const fault = validity(certificate, this.#options.clock.wall());
    return fault === undefined ? undefined : certificateRefusal(socket, fault);
  }
}
