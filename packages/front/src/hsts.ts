// Strict-Transport-Security (RFC 6797): a browser that has got this field uses only https for this host, whatever
// port a link names. The tier that ends TLS adds the field, because only that tier knows whether the client uses TLS. So
// static files and error pages get the field as well.
import type { HstsConfig } from "@tandem/config";
import type { OwnField } from "@tandem/http/session";

/**
 * Returns the Strict-Transport-Security field for the answers of a listener with TLS. An answer that has this field
 * already keeps its own value.
 */
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
