// Writes findings where there are no lines to point into: in errors of the library and on the page.
import { type Finding, formatPath } from "@tandem/config/findings";

/** Writes a finding as one sentence, for a message that has no lines. */
export function inOneLine({ path, message, suggestion }: Finding): string {
  const place = path.length === 0 ? "" : `${formatPath(path)}: `;
  return `${place}${message}${suggestion === undefined ? "" : `; did you mean '${suggestion}'?`}`;
}
