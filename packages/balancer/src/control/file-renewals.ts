// What a running balancer takes over from changed files without a reload: the certificates that its frontends show, the
// authorities and lists for clients' certificates, and the secret of session tickets. A certificate and its key are two
// files that cannot change in one step. While they do not fit together, the pair read before stays in use.
import type { BalancerConfig } from "@tandem/config";
import type { Logger } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";
import { frontendTls, tlsFiles } from "../frontend/frontend-tls.ts";
import { FileWatch } from "./file-watch.ts";
import type { TicketSecret } from "./ticket-secret.ts";

export interface FileRenewalsOptions {
  readonly clock: Clock;
  readonly logger: Pick<Logger, "info" | "error">;
  readonly tickets: TicketSecret;
  /** The configuration in force. It is asked for after `settled`. */
  readonly config: () => BalancerConfig;
  /** Resolves when no reload is under way, because a reload reads the same files. */
  readonly settled: () => Promise<unknown>;
  /** Lets the data threads read the files of these frontends again. */
  readonly renew: (frontends: readonly string[]) => void;
  /** Inspects the certificates anew; returns a line for each that is another one now. */
  readonly look: () => readonly string[];
}

/** For each fault, the settings that have it. */
type UnsaidFaults = Map<string, readonly string[]>;

export class FileRenewals {
  readonly #options: FileRenewalsOptions;
  readonly #watch: FileWatch;
  /** The fault that was logged last for each setting, so that each fault is logged once. */
  readonly #faults = new Map<string, string>();

  constructor(options: FileRenewalsOptions) {
    this.#options = options;
    this.#watch = new FileWatch(options.clock, (files) => void this.#changed(files));
  }

  /** Watches the files of these configurations. Resolves before a change could be missed by a later reader. */
  watch(...configs: readonly BalancerConfig[]): Promise<void> {
    return this.#watch.watch(configs.flatMap(filesOf));
  }

  stop(): void {
    this.#watch.stop();
  }

  async #changed(files: readonly string[]): Promise<void> {
    const { config, settled, tickets, renew, look, logger } = this.#options;
    await settled();
    const { frontends, ticketKeys } = config();
    const unsaid: UnsaidFaults = new Map();
    if (ticketKeys !== undefined && files.includes(ticketKeys))
      this.#try("balancer.ticketKeys", unsaid, () => {
        tickets.reread();
        logger.info({ file: ticketKeys }, "the keys of TLS session tickets were read again");
      });
    const renewed = Object.entries(frontends)
      .filter(([, frontend]) => tlsFiles(frontend).some((file) => files.includes(file)))
      .filter(([name, frontend]) =>
        this.#try(`balancer.frontends.${name}`, unsaid, () => void frontendTls(frontend, name)),
      )
      .map(([name]) => name);
    this.#say(unsaid);
    if (renewed.length === 0) return;
    renew(renewed);
    logger.info({ frontends: renewed, changes: look() }, "changed certificate files were read");
  }

  /**
   * Returns whether `read` succeeded. A fault is added to `unsaid`, unless it is the last one of `owner`, the setting whose
   * files are read.
   */
  #try(owner: string, unsaid: UnsaidFaults, read: () => void): boolean {
    try {
      read();
      this.#faults.delete(owner);
      return true;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const [, setting = owner, why = message] = /^(balancer\.\S+): (.*)$/s.exec(message) ?? [];
      if (this.#faults.get(owner) !== message)
        unsaid.set(why, [...(unsaid.get(why) ?? []), setting]);
      this.#faults.set(owner, message);
      return false;
    }
  }

  /** Logs each fault once, even if several settings name the same file. */
  #say(unsaid: UnsaidFaults): void {
    for (const [why, settings] of unsaid)
      this.#options.logger.error(
        { setting: settings.join(", "), why },
        "a changed file cannot be used yet: what was read before stays in use",
      );
  }
}

function filesOf({ frontends, ticketKeys }: BalancerConfig): readonly string[] {
  const files = Object.values(frontends).flatMap(tlsFiles);
  return ticketKeys === undefined ? files : [...files, ticketKeys];
}
