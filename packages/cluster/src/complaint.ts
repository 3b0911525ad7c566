// What a tier that ended wrote to stderr, read for a person: the setting at fault first, and whatever else was
// written, by the application too, as a quotation below it.

/** `appserver.app: … is wrong`; a service that fails to start puts its name before it. */
const COMPLAINT =
  /^(?:\w+: )?((?:balancer|webserver|appserver|telemetry|cluster)(?:\.[\w-]+|\[\d+\])+: .*)$/;

export interface Said {
  /** Begins with the setting, and goes on with its indented lines; undefined where no line names one. */
  readonly complaint: string | undefined;
  /** All other lines, in their order. */
  readonly others: readonly string[];
}

/** Finds the last line that names a setting among `lines`. A process that was killed (`code` is null) has not complained. */
export function complaintIn(lines: readonly string[], code: number | null): Said {
  if (code === null) return { complaint: undefined, others: lines };
  const at = lines.findLastIndex((line) => COMPLAINT.test(line));
  const [, first] = COMPLAINT.exec(lines[at] ?? "") ?? [];
  if (first === undefined) return { complaint: undefined, others: lines };
  const after = lines.slice(at + 1);
  const ends = after.findIndex((line) => !line.startsWith("  "));
  const details = ends < 0 ? after : after.slice(0, ends);
  return {
    complaint: [first, ...details].join("\n"),
    others: [...lines.slice(0, at), ...after.slice(details.length)],
  };
}

/** Another process's words, set apart from our own. */
export const quoted = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => `  | ${line}`);
