// Reads the options of Connection (RFC 9110 7.6.1). They decide whether a connection stays open after a message (RFC
// 9112 9.3).
import { trimBlanks } from "../text/chars.ts";
import type { Fields } from "./fields.ts";
import type { HttpVersion } from "./head.ts";

/**
 * Returns the members of a comma-separated field, from all its lines and in lower case. Empty members are left out.
 */
export function listMembers(fields: Fields, key: string): string[] {
  const members: string[] = [];
  for (const value of fields.all(key)) {
    for (const member of value.toLowerCase().split(",")) {
      const trimmed = trimBlanks(member);
      if (trimmed !== "") members.push(trimmed);
    }
  }
  return members;
}

/**
 * Returns whether a message with these fields lets its connection stay open for the next message.
 */
export function asksKeepAlive(fields: Fields, version: HttpVersion): boolean {
  const first = fields.get("connection");
  if (first === undefined) return version === 11;
  if (first === "keep-alive" && fields.count("connection") === 1) return true;
  const options = listMembers(fields, "connection");
  if (options.includes("close")) return false;
  return version === 11 || options.includes("keep-alive");
}

/** Protocols that a client may switch to through this proxy, in lower case. */
export const PASSED_ON: ReadonlySet<string> = new Set(["websocket"]);

/**
 * Returns the first protocol in Upgrade that may be passed on, in lower case. Returns undefined when there is none, or
 * when Connection does not name Upgrade. Other protocols are ignored, as RFC 9110 §7.8 allows, because a proxy cannot
 * see the requests within an upgraded stream: h2c is known to be used to get requests past a proxy's rules.
 */
export function askedUpgrade(fields: Fields): string | undefined {
  if (!listMembers(fields, "connection").includes("upgrade")) return undefined;
  return listMembers(fields, "upgrade").find((member) => PASSED_ON.has(member));
}
