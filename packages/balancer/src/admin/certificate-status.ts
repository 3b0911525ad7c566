// The certificates in use, for the status: one entry for each file, with the settings that name it.
import {
  findingsAt,
  type Inspection,
  settingOf,
  type Validity,
  validityOf,
} from "@tandem/transport";

export interface CertificateStatus {
  readonly file: string;
  /** The settings that name it. */
  readonly usedBy: readonly string[];
  readonly names: readonly string[];
  readonly validity: Validity | "unreadable";
  /** ISO 8601; empty when the file could not be read. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Until its end; negative afterwards, 0 when the file could not be read. */
  readonly secondsLeft: number;
  /** What is wrong with it, its key or its authority, in words. */
  readonly problems: readonly string[];
}

/** As they are at `wallMs`, whenever they were read. */
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
    // About its own settings, or about all certificates beside it.
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
