// Finds the message about a setting in the stderr of a tier that has ended. The message is shown first. All other
// lines, including the application's output, are quoted below it.

/**
 * Matches a message such as `appserver.app: … is wrong`. A service that fails to start may write
 * its own name before the message.
 */
const COMPLAINT =
  /^(?:\w+: )?((?:balancer|webserver|appserver|telemetry|cluster)(?:\.[\w-]+|\[\d+\])+: .*)$/;

export interface Said {
  /**
   * The message whose first word is a setting, with the indented lines below it; undefined when no line names a
   * setting.
   */
  readonly complaint: string | undefined;
  /** The lines of the output that belong to no complaint, in their order. */
  readonly others: readonly string[];
}

/**
 * Finds the last message about a setting in `lines`. When the process was killed (`code` is null),
 * no line is taken for a message, because a killed process has no time to explain its end.
 */
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

/** Marks lines of another process as a quotation. */
export const quoted = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => `  | ${line}`);
