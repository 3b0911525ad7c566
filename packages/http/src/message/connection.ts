// Connection options (RFC 9110 7.6.1) and what they say about the life of a connection (RFC 9112 9.3).
import { trimBlanks } from "../text/chars.ts";
import type { Fields } from "./fields.ts";
import type { HttpVersion } from "./head.ts";

/** The members of a comma-separated field over all its lines, in lower case, empty ones left out. */
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

/** Whether a connection lives on after a message with these fields. */
export function asksKeepAlive(fields: Fields, version: HttpVersion): boolean {
  const first = fields.get("connection");
  if (first === undefined) return version === 11;
  if (first === "keep-alive" && fields.count("connection") === 1) return true;
  const options = listMembers(fields, "connection");
  if (options.includes("close")) return false;
  return version === 11 || options.includes("keep-alive");
}

/** Protocols that clients may switch to through us. */
const PASSED_ON: ReadonlySet<string> = new Set(["websocket"]);

/**
 * The first protocol of Upgrade that is passed on, in lower case, when Connection names it. Others are
 * ignored, as RFC 9110 §7.8 allows: an upgraded stream hides requests from a proxy, and h2c is known
 * for it.
 */
export function askedUpgrade(fields: Fields): string | undefined {
  if (!listMembers(fields, "connection").includes("upgrade")) return undefined;
  return listMembers(fields, "upgrade").find((member) => PASSED_ON.has(member));
}
