// Strict-Transport-Security (RFC 6797): from then on, browsers use https for this host, whatever port a link names.
// The field is added here because only the edge knows whether TLS is used; so static files and error pages get it as
// well.
import type { HstsConfig } from "@tandem/config";
import type { OwnField } from "@tandem/http/session";

/** The field for the answers of a frontend with TLS. An answer that has the field already keeps its own. */
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
