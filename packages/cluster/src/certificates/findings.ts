// What is wrong with the certificates that a configuration names, before anything opens them in earnest.
import { type Config, certificateGroups, type Finding } from "@tandem/config";
import { findingsAt, inspectAll } from "@tandem/transport";

export interface CertificateFindings {
  /** Nothing starts, or the other side refuses what is shown. */
  readonly faults: readonly Finding[];
  /** What works today. */
  readonly warnings: readonly Finding[];
}

/** Opens every certificate, key and authority that `box` opens; all of the file without one. Never throws. */
export function certificateFindings(
  config: Config,
  box: string | undefined,
  wallMs: number,
): CertificateFindings {
  const findings = findingsAt(inspectAll(certificateGroups(config, box)), wallMs);
  const placed = (warnings: boolean): readonly Finding[] =>
    findings
      .filter(({ level }) => (level === "warning") === warnings)
      .map(({ path, message }) => ({ path, side: "value", message }));
  return { faults: placed(false), warnings: placed(true) };
}
