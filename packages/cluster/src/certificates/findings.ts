// Finds what is wrong with the certificates that a configuration names, before a tier uses them.
import { type Config, certificateGroups, type Finding } from "@tandem/config";
import { findingsAt, inspectAll } from "@tandem/transport";
import { isPrepared } from "../prepare.ts";

export interface CertificateFindings {
  /** With these nothing starts, or the other side refuses the certificate. */
  readonly faults: readonly Finding[];
  /** These work today, but will not for ever. */
  readonly warnings: readonly Finding[];
}

/**
 * Opens every certificate, key and authority that the tiers of `box` open, or without a box those of the whole
 * file. Never throws.
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

/** Adds the next step to the message of a missing file: `tandem prepare` makes it, or the operator has to. */
function withNextStep(config: Config, message: string): string {
  const missing = /^cannot read (.+) \(no such file\)$/.exec(message)?.[1];
  if (missing === undefined) return message;
  return `${message}; ${isPrepared(config, missing) ? "'tandem prepare' makes it" : "you have to put it there"}`;
}
