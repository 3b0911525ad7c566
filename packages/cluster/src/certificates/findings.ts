// What is wrong with the certificates that a configuration names, before anything opens them in earnest.
import { type Config, certificateGroups, type Finding } from "@tandem/config";
import { findingsAt, inspectAll } from "@tandem/transport";
import { isPrepared } from "../prepare.ts";

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
      .map(({ path, message }) => ({
        ...{ path, side: "value" },
        message: withNextStep(config, message),
      }));
  return { faults: placed(false), warnings: placed(true) };
}

/** A file that is not there is either ours to make or the operator's. */
function withNextStep(config: Config, message: string): string {
  const missing = /^cannot read (.+) \(no such file\)$/.exec(message)?.[1];
  if (missing === undefined) return message;
  return `${message}; ${isPrepared(config, missing) ? "'tandem prepare' makes it" : "it is yours to put there"}`;
}
