// The name of a Tandem proxy in Via and Proxy-Status (RFC 9110 §7.6.3). A proxy refuses a request whose Via already
// has the proxy's own name, because the request is then in a loop. So two proxies that a request passes must not have
// the same name. But boxes of two sites, or two balancers on one machine, are often called the same. Therefore the
// name contains a hash. The same configuration on the same box always gives the same name.
import { createHash } from "node:crypto";

const DIGITS = 6;

/**
 * Returns `name` with a hash of `own`. @param own what distinguishes this proxy from other proxies called `name`: its
 * site and its addresses
 */
export function pseudonym(name: string, own: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(own)).digest("hex");
  return `${name}-${digest.slice(0, DIGITS)}`;
}
