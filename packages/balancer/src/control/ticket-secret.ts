// The secret from which TLS session tickets are made. All data threads have the same secret, because the kernel may
// give a returning client to any thread. The secret stays the same when the configuration is reloaded or a thread is
// replaced. Without a file it exists only in memory, and is renewed every few hours, so that a stolen secret reveals
// only the TLS 1.2 sessions of those hours (RFC 5077 §5.5). A secret from a file outlives the process, and is renewed
// when the file changes. Node accepts one key at a time: a ticket of an earlier secret leads to a full handshake.
import { randomBytes } from "node:crypto";
import type { Clock, Timer } from "@tandem/transport";
import { readTicketFile } from "./ticket-file.ts";

const RENEW_MS = 12 * 3_600_000;
const BYTES = 32;

/** A source of random bytes. */
export type RandomBytes = (size: number) => Uint8Array;

export interface TicketSecretOptions {
  readonly clock: Clock;
  /** Called with each new secret except the first. */
  readonly renewed: (secret: Uint8Array) => void;
  /** The file with the secret; undefined = the secret is random. */
  readonly file?: string | undefined;
  readonly random?: RandomBytes | undefined;
}

export class TicketSecret {
  readonly #random: RandomBytes;
  readonly #renewed: (secret: Uint8Array) => void;
  readonly #timer: Timer;
  #file: string | undefined;
  #current: Uint8Array;

  /** Throws when the file cannot be used. */
  constructor({ clock, renewed, file, random = randomBytes }: TicketSecretOptions) {
    this.#random = random;
    this.#renewed = renewed;
    this.#file = file;
    this.#current = file === undefined ? random(BYTES) : readTicketFile(file);
    this.#timer = clock.every(RENEW_MS, () => {
      if (this.#file === undefined) this.#become(this.#random(BYTES));
    });
  }

  get current(): Uint8Array {
    return this.#current;
  }

  /**
   * Reads `file`, and returns a function that takes the secret from there from then on. With undefined, the present
   * secret stays until a random one replaces it. Throws when the file cannot be used.
   */
  prepare(file: string | undefined): () => void {
    const secret = file === undefined ? this.#current : readTicketFile(file);
    return () => {
      this.#file = file;
      this.#become(secret);
    };
  }

  /** Reads the file again, if there is one. Throws when it cannot be used; then the secret stays as it is. */
  reread(): void {
    this.prepare(this.#file)();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #become(secret: Uint8Array): void {
    if (Buffer.compare(secret, this.#current) === 0) return;
    this.#current = secret;
    this.#renewed(secret);
  }
}
