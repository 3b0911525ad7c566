// Percent-encoding (RFC 3986 2.1): gives equivalent spellings of a text one form.
import { HEX, UNRESERVED } from "./chars.ts";

export function isHexPair(text: string, at: number): boolean {
  // Past the end charCodeAt returns NaN, for which the table has no entry.
  return (HEX[text.charCodeAt(at)] ?? 255) < 16 && (HEX[text.charCodeAt(at + 1)] ?? 255) < 16;
}

/**
 * Returns the text in which escapes of unreserved characters have become those characters (`%2e` → `.`), the others
 * get upper-case digits (RFC 3986 6.2.2). Undefined when there is a `%` without two hexadecimal digits after it.
 */
export function resolveEscapes(text: string): string | undefined {
  let from = text.indexOf("%");
  if (from < 0) return text;
  let resolved = text.slice(0, from);
  while (from >= 0) {
    if (!isHexPair(text, from + 1)) return undefined;
    const triplet = text.slice(from, from + 3);
    const code =
      (HEX[triplet.charCodeAt(1)] as number) * 16 + (HEX[triplet.charCodeAt(2)] as number);
    resolved += UNRESERVED[code] === 1 ? String.fromCharCode(code) : triplet.toUpperCase();
    const next = text.indexOf("%", from + 3);
    resolved += next < 0 ? text.slice(from + 3) : text.slice(from + 3, next);
    from = next;
  }
  return resolved;
}
