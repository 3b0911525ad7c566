// HTTP-version (RFC 9112 2.3): "HTTP/" DIGIT "." DIGIT, case-sensitive.
import type { HttpVersion } from "../message/head.ts";

/** Returns the version at index `at` of the text; 0 when there is none, or its major version is not 1. */
export function parseVersion(text: string, at: number): HttpVersion | 0 {
  if (!text.startsWith("HTTP/1.", at)) return 0;
  const minor = text.charCodeAt(at + 7) - 0x30;
  if (minor === 1) return 11;
  if (minor === 0) return 10;
  // RFC 9110 2.5: a higher minor version is read as the highest one known.
  return minor > 1 && minor <= 9 ? 11 : 0;
}
