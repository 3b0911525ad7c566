// Via (RFC 9110 7.6.3): which proxies a message went through. Required of proxies, and the way to notice
// that a request has come back to where it was.
import type { Fields } from "./fields.ts";
import type { HttpVersion } from "./head.ts";

/** Adds this hop: the version the message was received with, and a name for us that is not an address. */
export function addVia(fields: Fields, version: HttpVersion, pseudonym: string): void {
  fields.add("Via", version === 11 ? `1.1 ${pseudonym}` : `1.0 ${pseudonym}`);
}

/** Whether a message went through the proxy of that name already. */
export function hasVia(fields: Fields, pseudonym: string): boolean {
  if (!fields.has("via")) return false;
  const wanted = pseudonym.toLowerCase();
  for (const value of fields.all("via")) {
    for (const hop of withoutComments(value.toLowerCase()).split(",")) {
      // received-protocol, then received-by.
      if (hop.trim().split(/[ \t]+/)[1] === wanted) return true;
    }
  }
  return false;
}

/** Comments may hold commas and other proxies' names, and may be nested. */
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
