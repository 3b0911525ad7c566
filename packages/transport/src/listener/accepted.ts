// A connection as a listener hands it over: its socket, the memory that the socket reads into, the address of the client
// and what TLS negotiated. Facts that cost a call into the socket are read only when they are wanted.
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { plainAddress } from "../address.ts";
import type { SocketReads } from "../reads.ts";
import { TlsFacts } from "./tls-facts.ts";

/** An address in its plain form (see address.ts), and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Both ends of a connection, as a proxy in front of Tandem reports them. The kernel knows only that proxy. */
export interface Ends {
  readonly client: Endpoint;
  /** The address that the client connected to. Undefined = the one that the kernel reports. */
  readonly local?: Endpoint | undefined;
}

/** The other end of a socket, as the kernel reports it. */
export function peerOf(socket: Socket): Endpoint {
  return { address: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 };
}

export class Accepted {
  readonly socket: Socket;
  /** The memory the socket reads into. Set its `reader`. Undefined = Node's own buffers; the socket emits `data`. */
  readonly reads: SocketReads | undefined;
  /** The client's address in its plain form. "" when the connection closed before the address was read. */
  readonly address: string;
  readonly port: number;
  /** What TLS negotiated. Undefined on a plain connection. */
  readonly tls: TlsFacts | undefined;
  readonly #local: Endpoint | undefined;

  /** @param ends undefined = the addresses that the kernel reports */
  constructor(socket: Socket, reads?: SocketReads, tls?: TLSSocket, ends?: Ends) {
    this.socket = socket;
    this.reads = reads;
    this.address = ends?.client.address ?? plainAddress(socket.remoteAddress);
    this.port = ends?.client.port ?? socket.remotePort ?? 0;
    this.tls = tls && new TlsFacts(tls);
    this.#local = ends?.local;
  }

  /** The address that the client connected to, in its plain form. */
  get localAddress(): string {
    return this.#local?.address ?? plainAddress(this.socket.localAddress);
  }

  get localPort(): number {
    return this.#local?.port ?? this.socket.localPort ?? 0;
  }

  /** The port that the client connected to. `listening` is the port of the listener, so the kernel is not asked. */
  localPortAt(listening: number): number {
    return this.#local?.port ?? listening;
  }
}
