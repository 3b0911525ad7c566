// Keeps the addresses of names up to date. A name is resolved again when the time to live of the last answer is over,
// and changes are reported. When the resolver does not answer, or answers that there is no such name, the last
// addresses are kept, because in both cases it is more likely that the resolver is at fault than that the server is
// gone. Health checks show whether the server still works.
import { isIP } from "node:net";
import type { Clock, Timer } from "./clock.ts";

/** How names are resolved. Both methods may reject. When `addressesOf` rejects, the operator gets the reason. */
export interface Lookups {
  addressesOf(name: string): Promise<readonly string[]>;
  /** Returns the time to live of an answer; undefined when it is unknown. */
  ttlMsOf(name: string): Promise<number | undefined>;
}

export interface NameResolverOptions {
  readonly clock: Clock;
  readonly lookups: Lookups;
  /** Called when the addresses of a name have changed. The new addresses are sorted. */
  readonly changed: (name: string, addresses: readonly string[]) => void;
  readonly complain: (message: string) => void;
}

/**
 * An answer is kept for its time to live, but at least LEAST_TTL_MS and at most MOST_TTL_MS. When the time to live is
 * unknown, the answer is kept for UNKNOWN_TTL_MS.
 */
const LEAST_TTL_MS = 1_000;
const MOST_TTL_MS = 300_000;
const UNKNOWN_TTL_MS = 10_000;
/**
 * How long to wait after the first failure to resolve a name. The wait doubles with each further failure, up to
 * LONGEST_RETRY_MS.
 */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10_000;
/** How long a start or a reload waits for names to be resolved. */
const PATIENCE_MS = 3_000;
/**
 * How many names are resolved at the same time. Each getaddrinfo occupies one of Node's four worker threads, and file
 * access needs these threads too.
 */
const AT_ONCE = 2;

export class NameResolver {
  readonly #options: NameResolverOptions;
  readonly #names = new Map<string, WatchedName>();
  readonly #waiting: (() => void)[] = [];
  #asking = 0;

  constructor(options: NameResolverOptions) {
    this.#options = options;
  }

  /**
   * Keeps the addresses of exactly these hosts up to date from now on. Hosts that are addresses need no resolver. The
   * promise resolves when all new names have been looked up once, or at the latest after PATIENCE_MS.
   */
  async watch(hosts: Iterable<string>): Promise<void> {
    const names = new Set([...hosts].filter((host) => isIP(host) === 0));
    for (const [name, watched] of this.#names) {
      if (names.has(name)) continue;
      watched.stop();
      this.#names.delete(name);
    }
    const first: Promise<void>[] = [];
    for (const name of names) {
      if (this.#names.has(name)) continue;
      const watched = new WatchedName(name, this.#options, (ask) => this.#inTurn(ask));
      this.#names.set(name, watched);
      first.push(watched.ask());
    }
    await this.#patiently(first);
  }

  stop(): void {
    for (const watched of this.#names.values()) watched.stop();
    this.#names.clear();
  }

  async #patiently(asked: readonly Promise<void>[]): Promise<void> {
    if (asked.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const patience = this.#options.clock.after(PATIENCE_MS, resolve);
    await Promise.race([Promise.all(asked), promise]);
    patience.cancel();
  }

  async #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#asking >= AT_ONCE) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#asking += 1;
    try {
      return await ask();
    } finally {
      this.#asking -= 1;
      this.#waiting.shift()?.();
    }
  }
}

type InTurn = <T>(ask: () => Promise<T>) => Promise<T>;

class WatchedName {
  readonly #name: string;
  readonly #options: NameResolverOptions;
  readonly #inTurn: InTurn;
  #addresses: readonly string[] = [];
  #failures = 0;
  #timer: Timer | undefined = undefined;
  #stopped = false;

  constructor(name: string, options: NameResolverOptions, inTurn: InTurn) {
    this.#name = name;
    this.#options = options;
    this.#inTurn = inTurn;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /**
   * Resolves the name now. Sets a timer that resolves the name again when the answer is out of date, or some time after
   * a failure. Never rejects.
   */
  async ask(): Promise<void> {
    const { lookups } = this.#options;
    try {
      const found = await this.#inTurn(() => lookups.addressesOf(this.#name));
      this.#found([...new Set(found)].sort());
    } catch (error) {
      this.#failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #found(addresses: readonly string[]): void {
    if (this.#stopped) return;
    if (addresses.length === 0) {
      this.#failed(new Error("it has no address"));
      return;
    }
    this.#failures = 0;
    const before = this.#addresses;
    this.#addresses = addresses;
    if (before.join() !== addresses.join()) this.#options.changed(this.#name, addresses);
    void this.#keep();
  }

  async #keep(): Promise<void> {
    const known = this.#options.lookups.ttlMsOf(this.#name);
    const ttlMs = (await known.catch(() => undefined)) ?? UNKNOWN_TTL_MS;
    this.#again(Math.min(MOST_TTL_MS, Math.max(LEAST_TTL_MS, ttlMs)));
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (this.#stopped) return;
    const addresses = this.#addresses.join(", ");
    const meanwhile =
      addresses === ""
        ? "no address is known, so its servers cannot be reached"
        : `the last known addresses stay in use: ${addresses}`;
    this.#options.complain(
      `the name ${this.#name} cannot be resolved (${error.code ?? error.message}); ${meanwhile}`,
    );
    this.#again(Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures));
    this.#failures = Math.min(this.#failures + 1, 10);
  }

  #again(ms: number): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(ms, () => void this.ask());
  }
}
