// The client's side of a tunnel: where its bytes go, what is called at its end, and how long it may be silent (RFC
// 9110 §7.8). Once we have half-closed the tunnel, the code that holds its other end watches over the time.
import type { SessionTimers } from "./session-handler.ts";

export class ClientTunnel {
  readonly receive: (chunk: Buffer) => void;
  readonly ended: () => void;
  /** We have half-closed the tunnel, and the client has not. */
  #saidAll = false;

  constructor(receive: (chunk: Buffer) => void, ended: () => void) {
    this.receive = receive;
    this.ended = ended;
  }

  saidAll(): void {
    this.#saidAll = true;
  }

  /** When the tunnel will have been without traffic for too long, counted from now. */
  deadline(halfClosed: boolean, { now, clientFin, tunnel }: SessionTimers): number {
    return this.#saidAll ? Number.POSITIVE_INFINITY : now() + (halfClosed ? clientFin : tunnel);
  }
}
