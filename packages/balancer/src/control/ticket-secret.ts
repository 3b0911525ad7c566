// The secret behind TLS session tickets, one for all data threads: a client comes back to whichever thread the kernel
// gives it to. It stays over a reload and a replaced thread, lives in memory alone, and is renewed every few hours,
// so that a thief of it can read the TLS 1.2 sessions of those hours and no others (RFC 5077 §5.5). Node takes
// one key at a time: a ticket of an earlier secret leads to a full handshake.
import { randomBytes } from "node:crypto";
import type { Clock, Timer } from "@tandem/transport";

const RENEW_MS = 12 * 3_600_000;
const BYTES = 32;

/** Where unguessable bytes come from. */
export type RandomBytes = (size: number) => Uint8Array;

export class TicketSecret {
  readonly #random: RandomBytes;
  readonly #timer: Timer;
  #current: Uint8Array;

  /** @param renewed told each new secret but the first */
  constructor(
    clock: Clock,
    renewed: (secret: Uint8Array) => void,
    random: RandomBytes = randomBytes,
  ) {
    this.#random = random;
    this.#current = random(BYTES);
    this.#timer = clock.every(RENEW_MS, () => {
      this.#current = this.#random(BYTES);
      renewed(this.#current);
    });
  }

  get current(): Uint8Array {
    return this.#current;
  }

  stop(): void {
    this.#timer.cancel();
  }
}
