// Joins two connections: bytes go both ways with backpressure. When one side ends, the other side is half-closed and
// may go on sending. From then on the timeout of the side that ended applies to the tunnel.
//
//   both open ──client ends──▶ server sends, client reads ──server ends──▶ closed when all is delivered
//   (`tunnel`)                 (`clientFin`)
//        └──────server ends──▶ client sends, server reads ──client ends──▶ closed when all is delivered
//                              (`serverFin`)
//
// The timeout in brackets is how long a state may last without traffic. When one side is lost or times out, both
// sides are closed, so no descriptor stays open without its peer. A side that has ended before has sent all its bytes,
// and they are complete: what the other side has still to take of them is not thrown away by a reset.
import type { ByteEnd, ByteEndListener, Closing } from "./byte-end.ts";

export interface TunnelTimeouts {
  /** How long both sides may be open without traffic. The client's side counts as the one that timed out. */
  readonly tunnel: number;
  /** The same, but the server's side counts as the one that timed out. Absent = there is no such limit. */
  readonly server?: number;
  readonly clientFin: number;
  readonly serverFin: number;
}

export interface TunnelOptions {
  readonly client: ByteEnd;
  readonly server: ByteEnd;
  /** Returns the time in milliseconds, on the clock that the deadlines of both ends use. */
  readonly now: () => number;
  readonly timeouts: TunnelTimeouts;
  /** Called once, when the tunnel has ended. `by` is the side that ended it: it closed, or was late. `how` says in which way. */
  readonly over: (by: "client" | "server", how: Closing) => void;
}

/** Joins two ends. Calls `begin` of the server's end first, so that the client's first bytes can be written to it. */
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
  /** Whether the client has timed out after its end, while its last bytes were still on their way to the server. */
  #clientGone = false;
  #over = false;

  constructor(options: TunnelOptions) {
    this.#options = options;
  }

  /**
   * Starts the timeout again. Called when there was traffic, and when a side ended. False = a side is gone, so bytes
   * that come for it are dropped.
   */
  active(): boolean {
    const { client, server, now, timeouts } = this.#options;
    if (this.#over || this.#clientGone) return false;
    if (this.#serverEnded) server.deadline = now() + timeouts.serverFin;
    else if (this.#clientEnded) client.deadline = now() + timeouts.clientFin;
    else {
      client.deadline = now() + timeouts.tunnel;
      if (timeouts.server !== undefined) server.deadline = now() + timeouts.server;
    }
    return true;
  }

  clientEnds(): void {
    if (this.#clientEnded) return;
    this.#clientEnded = true;
    if (!this.#serverEnded) this.#options.server.deadline = Number.POSITIVE_INFINITY; // now only `clientFin` applies
    this.active();
    this.#options.server.halfClose();
  }

  serverEnds(): void {
    if (this.#serverEnded) return;
    this.#serverEnded = true;
    if (!this.active()) return;
    if (this.#clientEnded) this.#endClient();
    else {
      this.#options.client.deadline = Number.POSITIVE_INFINITY; // now only `serverFin` applies
      this.#options.client.halfClose();
    }
  }

  clientCloses(how: Closing): void {
    // Both sides have ended in order. The client's last bytes may still be on their way to the server, so the server's
    // side stays open for up to `serverFin`.
    if (this.#over || (how === "closed" && this.#clientEnded && this.#serverEnded)) return;
    const { server, now, timeouts } = this.#options;
    if (how === "timed-out" && this.#clientEnded && !server.delivered) {
      this.#clientGone = true;
      server.deadline = now() + timeouts.serverFin;
      return;
    }
    if (how === "reset") server.abort();
    else server.destroy();
    this.#end("client", how);
  }

  serverCloses(how: Closing): void {
    if (this.#over) return;
    if (this.#clientGone) {
      if (how === "closed") this.#end("client", "timed-out");
      else this.#end("server", how);
      return;
    }
    // A client that holds the server up is the side that is late.
    const clientLate = how === "timed-out" && !this.#options.client.delivered;
    if (how === "closed" || this.#serverEnded) this.#endClient();
    else this.#options.client.abort();
    this.#end(clientLate ? "client" : "server", how);
  }

  /**
   * Ends the client's side after all bytes for the client have been written. A client that has not taken these bytes
   * after `clientFin` is closed.
   */
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

/**
 * One direction of the tunnel: the bytes of one end go to the other end, and reading pauses while the other end is
 * slow.
 */
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
    if (this.tunnel.active() && !this.#to.write(chunk)) this.#from.pause();
  }

  get settled(): boolean {
    return this.#to.delivered;
  }

  drained(): void {
    if (this.tunnel.active()) this.#to.resume();
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
