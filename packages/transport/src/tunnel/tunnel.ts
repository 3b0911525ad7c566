// Two connections as one: bytes both ways with backpressure, and each side's end passed on to the other, which may go on
// talking; then a half-closed tunnel has a timeout of its own.
//
//   open ──client ends──▶ `clientFin` without traffic ──server ends──▶ closed when all is delivered
//     └────server ends──▶ `serverFin` without traffic ──client ends──▶ closed when all is delivered
//
// While it is open it may be without traffic for `tunnel`. When either side is lost or late both are closed, so that no
// descriptor outlives its peer.
import type { ByteEnd, ByteEndListener, Closing } from "./byte-end.ts";

export interface TunnelTimeouts {
  readonly tunnel: number;
  readonly clientFin: number;
  readonly serverFin: number;
}

export interface TunnelOptions {
  readonly client: ByteEnd;
  readonly server: ByteEnd;
  /** On the clock of the ends' deadlines. */
  readonly now: () => number;
  readonly timeouts: TunnelTimeouts;
  /** Called once, when it is over: by whose end, and how that came. */
  readonly over: (by: "client" | "server", how: Closing) => void;
}

/** Joins the two. The server's end begins first: what the client says must have somewhere to go. */
export function openTunnel(options: TunnelOptions): void {
  const tunnel = new Tunnel(options);
  const { client, server } = options;
  server.begin(new FromServer(tunnel, server, client));
  client.begin(new FromClient(tunnel, client, server));
  tunnel.active();
}

class Tunnel {
  readonly #options: TunnelOptions;
  #clientEnded = false;
  #serverEnded = false;
  #over = false;

  constructor(options: TunnelOptions) {
    this.#options = options;
  }

  /** There was traffic, or a side's end: whoever is to be waited for has time anew. */
  active(): void {
    const { client, server, now, timeouts } = this.#options;
    if (this.#over) return;
    if (this.#serverEnded) server.deadline = now() + timeouts.serverFin;
    else client.deadline = now() + (this.#clientEnded ? timeouts.clientFin : timeouts.tunnel);
  }

  clientEnds(): void {
    if (this.#clientEnded) return;
    this.#clientEnded = true;
    this.active();
    this.#options.server.halfClose();
  }

  serverEnds(): void {
    if (this.#serverEnded) return;
    this.#serverEnded = true;
    this.active();
    if (this.#clientEnded) this.#endClient();
    else {
      this.#options.client.deadline = Number.POSITIVE_INFINITY; // `serverFin` rules
      this.#options.client.halfClose();
    }
  }

  clientCloses(how: Closing): void {
    // Both have ended in order; what the client sent last may still be on its way, in `serverFin`.
    if (this.#over || (how === "closed" && this.#clientEnded && this.#serverEnded)) return;
    const { server } = this.#options;
    if (how === "reset") server.abort();
    else server.destroy();
    this.#end("client", how);
  }

  serverCloses(how: Closing): void {
    if (this.#over) return;
    if (how === "closed") this.#endClient();
    else this.#options.client.abort();
    this.#end("server", how);
  }

  /** All that was to come has come; a client that does not take it is waited for no longer than one that half-closed. */
  #endClient(): void {
    const { client, now, timeouts } = this.#options;
    client.deadline = now() + timeouts.clientFin;
    client.end();
  }

  #end(by: "client" | "server", how: Closing): void {
    this.#over = true;
    this.#options.over(by, how);
  }
}

/** What both directions have in common: bytes of one end go to the other, and the slower one holds the faster back. */
abstract class From implements ByteEndListener {
  protected readonly tunnel: Tunnel;
  readonly #from: ByteEnd;
  readonly #to: ByteEnd;

  constructor(tunnel: Tunnel, from: ByteEnd, to: ByteEnd) {
    this.tunnel = tunnel;
    this.#from = from;
    this.#to = to;
  }

  data(chunk: Buffer): void {
    this.tunnel.active();
    if (!this.#to.write(chunk)) this.#from.pause();
  }

  get settled(): boolean {
    return this.#to.delivered;
  }

  drained(): void {
    this.tunnel.active();
    this.#to.resume();
  }

  abstract ended(): void;
  abstract closed(how: Closing): void;
}

class FromClient extends From {
  ended(): void {
    this.tunnel.clientEnds();
  }

  closed(how: Closing): void {
    this.tunnel.clientCloses(how);
  }
}

class FromServer extends From {
  ended(): void {
    this.tunnel.serverEnds();
  }

  closed(how: Closing): void {
    this.tunnel.serverCloses(how);
  }
}
