// Writes names, sizes and dates for the page of a listing.

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Characters that are invisible or that change the direction of the text after them. A name with these could look like
 * another name.
 */
const DECEIVING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Returns a file's name as HTML text. Each character that would not be seen is shown as U+FFFD. */
export function shownName(name: string): string {
  return name.replace(DECEIVING, "\ufffd").replace(/[&<>"']/g, (found) => ESCAPES[found] ?? "");
}

/**
 * Returns a link to `name` in the folder of the page. It begins with `./`, so that no name is read as a scheme such as
 * `javascript:`. The result needs no escaping in a quoted attribute.
 */
export function linkTo(name: string, folder: boolean): string {
  return `./${encodeURIComponent(name).replaceAll("'", "%27")}${folder ? "/" : ""}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** Returns a size in the unit in which its number is below 1024, with one decimal place below 10. */
export function shownSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ""}`;
}

/** Returns a time as `2026-01-02 03:04`, in UTC. */
export function shownTime(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

const counting = new Intl.NumberFormat("en");

/** Returns `1 file`, `1,200 files`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${counting.format(count)} ${count === 1 ? one : many}`;
}
