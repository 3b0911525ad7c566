// The certificates a balancer shows, as they were when it read them: what is wrong with them is said at the start,
// after each reload, and once a day for as long as it lasts.
import { type BalancerConfig, certificateGroups } from "@tandem/config";
import type { Logger } from "@tandem/telemetry";
import { type Clock, findingsAt, type Inspection, inspectAll, type Timer } from "@tandem/transport";

const DAY_MS = 86_400_000;

export interface CertificatesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The site's name, for which some certificate should be; the hosts of routes alone count when absent. */
  readonly site: string | undefined;
}

export class Certificates {
  readonly #options: CertificatesOptions;
  readonly #daily: Timer;
  #seen: Inspection = { certificates: [], findings: [] };

  constructor(options: CertificatesOptions) {
    this.#options = options;
    this.#daily = options.clock.every(DAY_MS, () => this.#say());
  }

  /** As they were last looked at. */
  get seen(): Inspection {
    return this.#seen;
  }

  /** Reads those of `config` and says what is wrong; returns, in words, which are others than before. Never throws. */
  look(config: BalancerConfig): readonly string[] {
    const { site } = this.#options;
    const before = new Map(
      this.#seen.certificates.map(({ path, fingerprint }) => [path.join("."), fingerprint]),
    );
    this.#seen = inspectAll(
      certificateGroups({ balancer: config, ...(site !== undefined && { site }) }),
    );
    this.#say();
    return this.#seen.certificates.flatMap(({ path, file, fingerprint, dates: [own] }) => {
      const earlier = before.get(path.join("."));
      if (earlier === undefined || earlier === fingerprint || own === undefined) return [];
      const until = new Date(own.notAfter).toISOString().slice(0, 10);
      return [`${path.slice(1).join(".")}: ${file} is a new certificate, until ${until}`];
    });
  }

  stop(): void {
    this.#daily.cancel();
  }

  /** One line for each thing that is wrong, however many settings name the file. */
  #say(): void {
    const { clock, logger } = this.#options;
    const findings = findingsAt(this.#seen, clock.wall());
    const unsaid = new Map(findings.map((finding) => [finding.message, finding]));
    for (const [message, { level, path }] of unsaid)
      logger[level === "warning" ? "warn" : "error"]({ setting: path.join(".") }, message);
  }
}
