// Lists the certificates in use, for the status: one entry for each certificate file, with the settings that name the
// file.
import {
  findingsAt,
  type Inspection,
  settingOf,
  type Validity,
  validityOf,
} from "@tandem/transport";

export interface CertificateStatus {
  readonly file: string;
  /** The settings that name the certificate file `file`. */
  readonly usedBy: readonly string[];
  readonly names: readonly string[];
  readonly validity: Validity | "unreadable";
  /** ISO 8601; empty when the file could not be read. */
  readonly notBefore: string;
  readonly notAfter: string;
  /**
   * The time until the certificate expires. Negative once the certificate has expired, 0 when the file could not be
   * read.
   */
  readonly secondsLeft: number;
  /** Sentences about what is wrong with the certificate, its key or its authority. */
  readonly problems: readonly string[];
}

/**
 * Returns the state of the certificates at `wallMs`, in wall clock milliseconds. The certificate
 * files may have been read earlier.
 */
export function certificateStatus(
  inspection: Inspection,
  wallMs: number,
): readonly CertificateStatus[] {
  const findings = findingsAt(inspection, wallMs).map(({ path, message }) => ({
    setting: settingOf(path),
    message,
  }));
  const byFile = Map.groupBy(inspection.certificates, ({ file }) => file);
  return [...byFile].map(([file, uses]) => {
    const usedBy = uses.map(({ path }) => settingOf(path));
    // Takes the findings about this certificate's own settings, such as its key, and the findings
    // about the list of certificates that contains this certificate.
    const problems = findings.filter(({ setting }) =>
      usedBy.some((user) => setting.startsWith(`${user}.`) || user.startsWith(`${setting}.`)),
    );
    const names = uses[0]?.names ?? [];
    const period = uses[0]?.dates[0];
    const common = {
      file,
      usedBy,
      names,
      problems: [...new Set(problems.map(({ message }) => message))],
    };
    if (period === undefined)
      return { ...common, validity: "unreadable", notBefore: "", notAfter: "", secondsLeft: 0 };
    return {
      ...common,
      validity: validityOf(period, wallMs),
      notBefore: new Date(period.notBefore).toISOString(),
      notAfter: new Date(period.notAfter).toISOString(),
      secondsLeft: Math.floor((period.notAfter - wallMs) / 1000),
    };
  });
}
