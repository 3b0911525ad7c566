// Makes the two forms of a path. The forwarded form is the path that the client wrote, with only its dot segments
// resolved, because some servers distinguish `//`, `%7E` and `%2f` from `/`, `~` and `%2F` (image proxies, archives, S3
// keys, signed URLs). Rules are matched on the normal form (RFC 3986 6.2.2) of the forwarded path, so that no spelling
// of a path evades a rule.
import { resolveEscapes } from "../text/escapes.ts";

/** The start of a segment that may be a dot segment, encoded or not. Paths without a match have no dot segments. */
const MAYBE_DOTS = /\/(?:\.|%2e)/i;
const DOT_SEGMENT = /^(?:\.|%2e){1,2}$/i;
const ONE_DOT = /^(?:\.|%2e)$/i;

/**
 * Removes the dot segments of a path, with or without a query, as RFC 3986 5.2.4 does: `..` never
 * leads above the root. `..` removes an empty segment like any other segment. `%2e` counts as a
 * dot. Everything else stays as it is written.
 */
export function resolveDotSegments(path: string): string {
  if (!MAYBE_DOTS.test(path)) return path;
  const mark = path.indexOf("?");
  const segments = (mark < 0 ? path : path.slice(0, mark)).split("/");
  const kept: string[] = [];
  for (const segment of segments.slice(1)) {
    if (!DOT_SEGMENT.test(segment)) kept.push(segment);
    else if (!ONE_DOT.test(segment)) kept.pop();
  }
  if (kept.length === 0 || DOT_SEGMENT.test(segments.at(-1) ?? "")) kept.push("");
  return `/${kept.join("/")}${mark < 0 ? "" : path.slice(mark)}`;
}

/**
 * Returns the normal form of a path without dot segments, with or without a query: escapes of unreserved characters are
 * resolved (`%7E` → `~`), other escapes get upper-case digits, and `//` becomes `/`. So escaped delimiters such as
 * `%2F` stay escaped. The query stays as it is. Returns undefined when the path has a `%` without two hexadecimal
 * digits after it.
 */
export function normalizePath(path: string): string | undefined {
  const mark = path.indexOf("?");
  const query = mark < 0 ? "" : path.slice(mark);
  const plain = resolveEscapes(mark < 0 ? path : path.slice(0, mark));
  if (plain === undefined) return undefined;
  return (plain.includes("//") ? plain.replaceAll(/\/{2,}/g, "/") : plain) + query;
}
