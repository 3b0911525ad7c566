// Inspects the certificates that a tier shows, each time the tier reads them, and keeps the result. Problems are logged
// at the start, after each reload, and once a day as long as they last.
import type { Clock, Timer } from "../clock.ts";
import {
  type CertificateGroup,
  findingsAt,
  type Inspection,
  inspectAll,
  settingOf,
} from "./inspect-all.ts";

const DAY_MS = 86_400_000;

/** The part of a logger this file needs. */
export interface CertificateLogger {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export class CertificateWatch {
  readonly #clock: Clock;
  readonly #logger: CertificateLogger;
  readonly #daily: Timer;
  #seen: Inspection = { certificates: [], lists: [], findings: [] };

  constructor(clock: Clock, logger: CertificateLogger) {
    this.#clock = clock;
    this.#logger = logger;
    this.#daily = clock.every(DAY_MS, () => this.#say());
  }

  /** Returns the result of the last `look`. */
  get seen(): Inspection {
    return this.#seen;
  }

  /**
   * Reads the certificates and logs problems. Returns a line for each setting that has another certificate than at the
   * last call. Never throws.
   */
  look(groups: readonly CertificateGroup[]): readonly string[] {
    const before = new Map(
      this.#seen.certificates.map(({ path, fingerprint }) => [settingOf(path), fingerprint]),
    );
    this.#seen = inspectAll(groups);
    this.#say();
    return this.#seen.certificates.flatMap(({ path, file, fingerprint, dates: [own] }) => {
      const earlier = before.get(settingOf(path));
      if (earlier === undefined || earlier === fingerprint || own === undefined) return [];
      const until = new Date(own.notAfter).toISOString().slice(0, 10);
      return [`${settingOf(path.slice(1))}: ${file} is a new certificate, until ${until}`];
    });
  }

  stop(): void {
    this.#daily.cancel();
  }

  /** Logs each problem once, even if several settings name the same file. */
  #say(): void {
    const findings = findingsAt(this.#seen, this.#clock.wall());
    const unsaid = new Map(findings.map((finding) => [finding.message, finding]));
    for (const [message, { level, path }] of unsaid)
      this.#logger[level === "warning" ? "warn" : "error"]({ setting: settingOf(path) }, message);
  }
}
