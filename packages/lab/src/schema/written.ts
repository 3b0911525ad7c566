// How plain data is shown in a report. The configuration shows what its file has; here the data itself is shown, because
// a scenario may also come from a program or from the page.
import { valueAt, type Written } from "@tandem/config/findings";

const MOST_SHOWN = 60;

/** Returns the words for the values in `data`. */
export function writtenIn(data: unknown): Written {
  return {
    shown: (path) => shown(valueAt(data, path)),
    has: (path) => valueAt(data, path) !== undefined,
    comparable: (path) => {
      const value = valueAt(data, path);
      return typeof value === "object" ? undefined : String(value);
    },
  };
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  const text = String(value);
  return `'${text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text}'`;
}
