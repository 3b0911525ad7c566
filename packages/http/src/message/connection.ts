// Connection options (RFC 9110 7.6.1) and what they say about the life of a connection (RFC 9112 9.3).
import { isAll, TOKEN, trimBlanks } from "../chars.ts";
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

/**
 * The first protocol of Upgrade in lower case, when Connection names it. h2c is passed over: nobody
 * needs it behind a proxy, and an upgraded stream hides requests from it.
 */
export function askedUpgrade(fields: Fields): string | undefined {
  if (!listMembers(fields, "connection").includes("upgrade")) return undefined;
  const protocol = listMembers(fields, "upgrade").find((member) => member !== "h2c");
  return protocol !== undefined && isAll(TOKEN, protocol.replace("/", "")) ? protocol : undefined;
}
