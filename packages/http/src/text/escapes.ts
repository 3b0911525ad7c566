// Brings a percent-encoded text (RFC 3986 2.1) into one form, so that equivalent spellings become equal.
import { HEX, UNRESERVED } from "./chars.ts";

export function isHexPair(text: string, at: number): boolean {
  // Past the end charCodeAt returns NaN, for which the table has no entry.
  return (HEX[text.charCodeAt(at)] ?? 255) < 16 && (HEX[text.charCodeAt(at + 1)] ?? 255) < 16;
}

/**
 * Returns the text with the escapes of unreserved characters resolved (`%2e` → `.`) and all other escapes in upper case
 * (RFC 3986 6.2.2). Returns undefined when there is a `%` without two hexadecimal digits after it.
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
