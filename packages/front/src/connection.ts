// One connection of a client. The object holds who the client is, and counts the session's events
// before it passes them to the handler. One object has both tasks, to save memory, because
// thousands of connections may be idle.
import type { Socket } from "node:net";
import type { Exchange } from "@tandem/http/exchange";
import type { H2Counters, RefusedRequest, SessionHandler } from "@tandem/http/session";
import {
  type Accepted,
  type ClientCertificate,
  plainAddress,
  type TlsFacts,
  type Told,
} from "@tandem/transport";
import type { Client } from "./client.ts";
import type { FrontCounters, Handler, MeetClient } from "./handler.ts";

/** The terms that a connection is met under. */
export interface MeetingTerms {
  /** Whether an address is that of a trusted proxy, whose X-Forwarded-* fields are believed. */
  readonly trusts: (address: string) => boolean;
  /** Whether the listener asks clients for certificates. False when absent. */
  readonly asksCertificates?: boolean | undefined;
}

export class FrontConnection implements Client, SessionHandler {
  readonly address: string;
  readonly port: number;
  readonly serverPort: number;
  readonly trusted: boolean;
  readonly trusts: (address: string) => boolean;
  readonly tls: TlsFacts | undefined;
  readonly certificate: ClientCertificate | null | undefined;
  readonly told: Told | undefined;
  id: string;
  /** The address that the client connected to, where a preface said it; otherwise the socket, which knows it. */
  readonly #local: string | Socket;
  readonly #protocol: string;
  readonly #counters: FrontCounters;
  readonly #handler: Handler;

  /**
   * @param listening the port of the listener that accepted the connection
   * @param protocol the name of the protocol that the client speaks
   */
  constructor(
    accepted: Accepted,
    listening: number,
    protocol: string,
    { trusts, asksCertificates = false }: MeetingTerms,
    counters: FrontCounters,
    meet: MeetClient,
  ) {
    const { address, port, tls } = accepted;
    this.address = address;
    this.port = port;
    this.serverPort = accepted.localPortAt(listening);
    this.trusted = trusts(address);
    this.trusts = trusts;
    this.tls = tls;
    this.told = accepted.told;
    this.id = accepted.id;
    this.#local = accepted.ends?.local?.address ?? accepted.socket;
    // The certificate is read now, because OpenSSL forgets it when the connection closes, and the log needs it then.
    this.certificate = asksCertificates ? (tls?.clientCertificate ?? null) : undefined;
    this.#protocol = protocol;
    this.#counters = counters;
    this.#handler = meet(this);
  }

  get h2(): H2Counters | undefined {
    return this.#counters.h2;
  }

  get scheme(): "http" | "https" {
    return this.tls === undefined && this.told?.tls?.overTls !== true ? "http" : "https";
  }

  get localAddress(): string {
    const local = this.#local;
    return typeof local === "string" ? local : plainAddress(local.localAddress);
  }

  get localPort(): number {
    return this.serverPort;
  }

  request(exchange: Exchange): void {
    this.#handler.request(exchange);
  }

  refused(refused: RefusedRequest): void {
    this.#counters.refused(refused.status, this.#protocol);
    this.#handler.refused(refused);
  }

  finished(exchange: Exchange): void {
    this.#counters.finished(exchange, this.#protocol);
    exchange.listener.finished?.();
  }

  left(): void {
    this.#handler.left();
  }
}
