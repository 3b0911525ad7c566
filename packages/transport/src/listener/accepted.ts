// A connection as a listener hands it over: its socket, where that reads to, who the client is and what TLS agreed on.
// What costs a call into the socket is asked when it is wanted.
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { plainAddress } from "../address.ts";
import type { SocketReads } from "../reads.ts";
import { TlsFacts } from "./tls-facts.ts";

/** An address in its plain form, and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Both ends of a connection, from something in front of us that knows them better than the kernel. */
export interface Ends {
  readonly client: Endpoint;
  /** What the client connected to; undefined = what the kernel says. */
  readonly local?: Endpoint | undefined;
}

/** The other end of a socket, as the kernel knows it. */
export function peerOf(socket: Socket): Endpoint {
  return { address: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 };
}

export class Accepted {
  readonly socket: Socket;
  /** Where it reads to; wants a reader. Undefined = Node's own buffers, and the socket emits `data`. */
  readonly reads: SocketReads | undefined;
  /** The client's address in its plain form; "" when it was gone before it could be asked. */
  readonly address: string;
  readonly port: number;
  /** What TLS agreed on; undefined on a plain connection. */
  readonly tls: TlsFacts | undefined;
  readonly #local: Endpoint | undefined;

  /** @param ends undefined = the kernel's word is taken */
  constructor(socket: Socket, reads?: SocketReads, tls?: TLSSocket, ends?: Ends) {
    this.socket = socket;
    this.reads = reads;
    this.address = ends?.client.address ?? plainAddress(socket.remoteAddress);
    this.port = ends?.client.port ?? socket.remotePort ?? 0;
    this.tls = tls && new TlsFacts(tls);
    this.#local = ends?.local;
  }

  /** What the client connected to, in its plain form. */
  get localAddress(): string {
    return this.#local?.address ?? plainAddress(this.socket.localAddress);
  }

  get localPort(): number {
    return this.#local?.port ?? this.socket.localPort ?? 0;
  }

  /** The same without asking the kernel, of a connection to the port `listening`. */
  localPortAt(listening: number): number {
    return this.#local?.port ?? listening;
  }
}
