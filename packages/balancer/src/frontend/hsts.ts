// Strict-Transport-Security (RFC 6797): browsers use https for this host from then on, on whatever port they
// are told. Added here, since only the edge knows of TLS, and so static files and errors have it too.
import type { HstsConfig } from "@tandem/config";
import type { OwnField } from "@tandem/http/session";

/** The field for a frontend with TLS. An answer that has one keeps its own. */
export function hstsField({ maxAge, includeSubDomains, preload }: HstsConfig): OwnField {
  const value = [
    `max-age=${Math.floor(maxAge / 1000)}`,
    includeSubDomains && "includeSubDomains",
    preload && "preload",
  ].filter((part) => part !== false);
  return {
    key: "strict-transport-security",
    present: /^strict-transport-security:/im,
    line: `Strict-Transport-Security: ${value.join("; ")}\r\n`,
  };
}
