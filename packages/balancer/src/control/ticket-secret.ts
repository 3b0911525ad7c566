// The secret from which TLS session tickets are made. All data threads have the same secret, because the kernel may
// give a returning client to any thread. The secret stays the same when the configuration is reloaded or a thread is
// replaced, and exists only in memory. The secret is renewed every few hours, so that a stolen secret reveals only the
// TLS 1.2 sessions of those hours (RFC 5077 §5.5). Node accepts one key at a time: a ticket of an earlier secret leads
// to a full handshake.
import { randomBytes } from "node:crypto";
import type { Clock, Timer } from "@tandem/transport";

const RENEW_MS = 12 * 3_600_000;
const BYTES = 32;

/** A source of random bytes. */
export type RandomBytes = (size: number) => Uint8Array;

export class TicketSecret {
  readonly #random: RandomBytes;
  readonly #timer: Timer;
  #current: Uint8Array;

  /** @param renewed called with each new secret except the first */
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
