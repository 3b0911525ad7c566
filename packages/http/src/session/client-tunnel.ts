// The client's side of a tunnel: where its bytes go, who hears of its end, and how long it may be silent
// (RFC 9110 §7.8). Once we have half-closed it, whoever holds the other end watches over it.
import type { SessionTimers } from "./session-handler.ts";

export class ClientTunnel {
  readonly receive: (chunk: Buffer) => void;
  readonly ended: () => void;
  /** We have half-closed, and the client has not. */
  #saidAll = false;

  constructor(receive: (chunk: Buffer) => void, ended: () => void) {
    this.receive = receive;
    this.ended = ended;
  }

  saidAll(): void {
    this.#saidAll = true;
  }

  /** When it has been without traffic for too long, from now on. */
  deadline(halfClosed: boolean, { now, clientFin, tunnel }: SessionTimers): number {
    return this.#saidAll ? Number.POSITIVE_INFINITY : now() + (halfClosed ? clientFin : tunnel);
  }
}
