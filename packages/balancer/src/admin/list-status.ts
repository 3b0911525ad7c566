// Lists the files of revoked certificates in use, for the status: one entry for each file, with the settings that name it.
import {
  findingsAt,
  type Inspection,
  listValidityOf,
  settingOf,
  type Validity,
} from "@tandem/transport";

export interface ListStatus {
  readonly file: string;
  /** The settings that name the file. */
  readonly usedBy: readonly string[];
  /** The state of the list in the file that ends first. */
  readonly validity: Validity | "unreadable";
  /** ISO 8601; empty when the file could not be read, or when its lists have no end. */
  readonly notAfter: string;
  /** The time until the first list ends. Negative once it has ended, 0 when `notAfter` is empty. */
  readonly secondsLeft: number;
  /** Sentences about what is wrong with the lists. */
  readonly problems: readonly string[];
}

/** Returns the state of the lists at `wallMs`, in wall clock milliseconds. The files may have been read earlier. */
export function listStatus(inspection: Inspection, wallMs: number): readonly ListStatus[] {
  const findings = findingsAt(inspection, wallMs);
  const byFile = Map.groupBy(inspection.lists, ({ file }) => file);
  return [...byFile].map(([file, uses]) => {
    const usedBy = uses.map(({ path }) => settingOf(path));
    const problems = findings.filter(({ path }) => usedBy.includes(settingOf(path)));
    const common = {
      ...{ file, usedBy },
      problems: [...new Set(problems.map(({ message }) => message))],
    };
    const [first] = (uses[0]?.periods ?? []).toSorted((a, b) => a.notAfter - b.notAfter);
    if (first === undefined)
      return { ...common, validity: "unreadable", notAfter: "", secondsLeft: 0 };
    const validity = listValidityOf(first, wallMs);
    if (!Number.isFinite(first.notAfter))
      return { ...common, validity, notAfter: "", secondsLeft: 0 };
    return {
      ...{ ...common, validity },
      notAfter: new Date(first.notAfter).toISOString(),
      secondsLeft: Math.floor((first.notAfter - wallMs) / 1000),
    };
  });
}
