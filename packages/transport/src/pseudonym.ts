// The name by which a proxy of ours calls itself in Via and Proxy-Status (RFC 9110 §7.6.3). A request that bears the name
// already has come back and is refused, so two proxies in a row must not share one: boxes of two sites, or two
// balancers of one machine, are often called the same. The same configuration on the same box has the same name.
import { createHash } from "node:crypto";

const DIGITS = 6;

/** @param own what tells this proxy from others that are called `name`: its site, where it listens */
export function pseudonym(name: string, own: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(own)).digest("hex");
  return `${name}-${digest.slice(0, DIGITS)}`;
}
