// One canonical form for a path (RFC 3986 6.2.2): it is routed on, logged and forwarded, so that no
// two tiers ever read a different resource out of the same bytes.
import { HEX, UNRESERVED } from "../chars.ts";
import { isHexPair } from "./host.ts";

/**
 * Brings a path, with or without a query, to canonical form: escapes of unreserved characters are
 * resolved (`%2e` → `.`), the others get upper-case digits, `//` becomes `/`, dot segments are removed
 * (never above the root). Escaped delimiters such as `%2F` stay escaped and the query stays as it is.
 * Undefined when the path has a `%` without two hexadecimal digits after it.
 */
export function normalizePath(path: string): string | undefined {
  const mark = path.indexOf("?");
  const query = mark < 0 ? "" : path.slice(mark);
  const plain = resolveEscapes(mark < 0 ? path : path.slice(0, mark));
  if (plain === undefined) return undefined;
  const flat = plain.includes("//") || plain.includes("/.") ? removeDots(plain) : plain;
  return flat + query;
}

function resolveEscapes(path: string): string | undefined {
  let from = path.indexOf("%");
  if (from < 0) return path;
  let resolved = path.slice(0, from);
  while (from >= 0) {
    if (!isHexPair(path, from + 1)) return undefined;
    const triplet = path.slice(from, from + 3);
    const code =
      (HEX[triplet.charCodeAt(1)] as number) * 16 + (HEX[triplet.charCodeAt(2)] as number);
    resolved += UNRESERVED[code] === 1 ? String.fromCharCode(code) : triplet.toUpperCase();
    const next = path.indexOf("%", from + 3);
    resolved += next < 0 ? path.slice(from + 3) : path.slice(from + 3, next);
    from = next;
  }
  return resolved;
}

/** RFC 3986 5.2.4 over segments, empty ones dropped first as web servers do. */
function removeDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/");
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "." && segment !== "") kept.push(segment);
  }
  const last = segments.at(-1);
  const directory = (last === "" || last === "." || last === "..") && kept.length > 0;
  return `/${kept.join("/")}${directory ? "/" : ""}`;
}
