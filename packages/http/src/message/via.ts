// Via (RFC 9110 7.6.3): the proxies that a message went through. Every proxy has to add itself, and a proxy
// that finds its own name in a request has detected a loop.
import type { Fields } from "./fields.ts";
import { type HttpVersion, versionText } from "./head.ts";

/**
 * Adds this proxy to Via: the HTTP version of the received message, and a pseudonym that does not reveal an address.
 */
export function addVia(fields: Fields, version: HttpVersion, pseudonym: string): void {
  fields.add("Via", `${versionText(version)} ${pseudonym}`);
}

/** Returns whether the message has already been through the proxy with that pseudonym. */
export function hasVia(fields: Fields, pseudonym: string): boolean {
  if (!fields.has("via")) return false;
  const wanted = pseudonym.toLowerCase();
  for (const value of fields.all("via")) {
    for (const hop of withoutComments(value.toLowerCase()).split(",")) {
      // A hop is: received-protocol, white space, received-by.
      if (hop.trim().split(/[ \t]+/)[1] === wanted) return true;
    }
  }
  return false;
}

/** Returns the value without its comments, which may be nested and may contain commas and names of other proxies. */
function withoutComments(value: string): string {
  if (!value.includes("(")) return value;
  let kept = "";
  let depth = 0;
  for (let i = 0; i < value.length; i++) {
    const character = value.charAt(i);
    if (depth > 0 && character === "\\") i++;
    else if (character === "(") depth++;
    else if (character === ")" && depth > 0) depth--;
    else if (depth === 0) kept += character;
  }
  return kept;
}
