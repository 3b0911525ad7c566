// Finds the faults of the certificates that a configuration names, before a tier uses these certificates.
import { type Config, certificateGroups, type Finding } from "@tandem/config";
import { findingsAt, inspectAll } from "@tandem/transport";
import { isPrepared } from "./wanted.ts";

export interface CertificateFindings {
  /**
   * Faults that stop a tier from starting, or that make clients or other tiers refuse the
   * certificate.
   */
  readonly faults: readonly Finding[];
  /** Faults of certificates that work today, such as a certificate that expires soon. */
  readonly warnings: readonly Finding[];
}

/**
 * Checks every certificate, key and authority that the tiers of `box` open. Without a box, checks the files that the
 * tiers of all boxes open. Never throws.
 */
export function certificateFindings(
  config: Config,
  box: string | undefined,
  wallMs: number,
): CertificateFindings {
  const findings = findingsAt(inspectAll(certificateGroups(config, box)), wallMs);
  const placed = (warnings: boolean): readonly Finding[] =>
    findings
      .filter(({ level }) => (level === "warning") === warnings)
      .map(({ path, message }) => ({
        ...{ path, side: "value" },
        message: withNextStep(config, message),
      }));
  return { faults: placed(false), warnings: placed(true) };
}

/**
 * Adds the next step to the message of a missing file: either `tandem prepare` makes the file, or the operator has to
 * put it there.
 */
function withNextStep(config: Config, message: string): string {
  const missing = /^cannot read (.+) \(no such file\)$/.exec(message)?.[1];
  if (missing === undefined) return message;
  return `${message}; ${isPrepared(config, missing) ? "'tandem prepare' makes it" : "you have to put it there"}`;
}
