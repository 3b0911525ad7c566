// A connection as a listener hands it over: its socket, the memory that the socket reads into, the address of the
// client, and the facts that TLS negotiated. A fact that costs a call into the socket is read only when it is needed.
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { plainAddress } from "../address.ts";
import type { SocketReads } from "../reads.ts";
import { TlsFacts } from "./tls-facts.ts";
import type { Told } from "./told.ts";

/** An address as `plainAddress` returns it (IPv4 without `::ffff:`), and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/**
 * Both ends of a connection, as a proxy in front of Tandem reports them. The kernel knows only that proxy, not its
 * client.
 */
export interface EndpointPair {
  readonly client: Endpoint;
  /** The address that the client connected to. Undefined = the address that the kernel reports. */
  readonly local?: Endpoint | undefined;
}

/** Returns the address and port of a socket's peer, as the kernel reports them. */
export function peerOf(socket: Socket): Endpoint {
  return { address: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 };
}

export class Accepted {
  readonly socket: Socket;
  /**
   * Passes the bytes of the socket to the `reader` that the owner of the connection sets. Undefined = the socket reads
   * into Node's own buffers and emits `data`.
   */
  readonly reads: SocketReads | undefined;
  /** The client's address, IPv4 without `::ffff:`. "" when the connection closed before the address was read. */
  readonly address: string;
  readonly port: number;
  /** The facts that TLS negotiated. Undefined on a plain connection. */
  readonly tls: TlsFacts | undefined;
  /** What a proxy in front of Tandem says about the client. Undefined when there is none, or it says nothing. */
  readonly told: Told | undefined;
  /**
   * Identifies the connection in the log and towards servers. "" until an id is known: the proxy in front gave one, or
   * a PROXY header to a server needed one.
   */
  id: string;
  /** Both ends, where a preface said them. */
  readonly ends: EndpointPair | undefined;

  /** @param ends undefined = the addresses that the kernel reports */
  constructor(
    socket: Socket,
    reads?: SocketReads,
    tls?: TLSSocket,
    ends?: EndpointPair,
    told?: Told,
  ) {
    this.socket = socket;
    this.reads = reads;
    this.address = ends?.client.address ?? plainAddress(socket.remoteAddress);
    this.port = ends?.client.port ?? socket.remotePort ?? 0;
    this.tls = tls && new TlsFacts(tls);
    this.told = told;
    this.id = told?.uniqueId ?? "";
    this.ends = ends;
  }

  /** Returns the address that the client connected to, IPv4 without `::ffff:`. */
  get localAddress(): string {
    return this.ends?.local?.address ?? plainAddress(this.socket.localAddress);
  }

  get localPort(): number {
    return this.ends?.local?.port ?? this.socket.localPort ?? 0;
  }

  /**
   * Returns the port that the client connected to. `listening` is the port of the listener, so that the kernel need not
   * be asked for the port.
   */
  localPortAt(listening: number): number {
    return this.ends?.local?.port ?? listening;
  }
}
