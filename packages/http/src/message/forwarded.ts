// Who the request came from, for the servers behind us: X-Forwarded-* and Forwarded (RFC 7239).
// What an untrusted peer wrote there is thrown away: appending to it would let it choose its address.
import { isAll, TOKEN, trimBlanks } from "../text/chars.ts";
import { Fields } from "./fields.ts";
import { FORWARDING } from "./known-names.ts";

/** What applications build links from; proxies such as Traefik write ws and wss for WebSocket. */
const SCHEMES: ReadonlySet<string> = new Set(["http", "https", "ws", "wss"]);

/** The client side of the connection a request came in on. */
export interface ForwardedBy {
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly scheme: "http" | "https";
  /** The authority of the request; "" when it has none. */
  readonly host: string;
  /** The port the request came in on. */
  readonly port: number;
  /** Whether the peer is a proxy whose word counts. */
  readonly trusted: boolean;
}

/**
 * Writes X-Forwarded-For, -Proto, -Host, -Port and Forwarded. From an untrusted peer they are replaced,
 * and X-Real-IP is dropped. From a trusted one addresses are appended, and what it says about scheme,
 * host and port stands, because it was nearer to the client; a scheme that is none of the web is replaced.
 * Call it after `stripHopByHop`.
 */
export function setForwarded(fields: Fields, by: ForwardedBy): void {
  const address = plainAddress(by.clientAddress);
  const port = String(by.port);
  if (!by.trusted) {
    fields.removeKinds(FORWARDING);
    fields.add("X-Forwarded-For", address);
    fields.add("X-Forwarded-Proto", by.scheme);
    if (by.host !== "") fields.add("X-Forwarded-Host", by.host);
    fields.add("X-Forwarded-Port", port);
    fields.add("Forwarded", element(address, by));
    return;
  }
  append(fields, "X-Forwarded-For", "x-forwarded-for", address);
  keepNearest(fields, "X-Forwarded-Proto", "x-forwarded-proto", by.scheme);
  const scheme = fields.get("x-forwarded-proto") ?? "";
  if (!SCHEMES.has(scheme)) {
    const lower = scheme.toLowerCase();
    fields.set("X-Forwarded-Proto", SCHEMES.has(lower) ? lower : by.scheme);
  }
  keepNearest(fields, "X-Forwarded-Host", "x-forwarded-host", by.host);
  keepNearest(fields, "X-Forwarded-Port", "x-forwarded-port", port);
  append(fields, "Forwarded", "forwarded", element(address, by));
}

/** The lines `setForwarded` adds for an untrusted peer. On one connection they change with `host` only. */
export function forwardedLines(by: ForwardedBy): string {
  const fields = new Fields();
  setForwarded(fields, { ...by, trusted: false });
  return fields.lines();
}

/**
 * One line with one member. Of several the last is what the trusted peer wrote, and the others may be the client's:
 * servers differ on which of them counts.
 */
function keepNearest(fields: Fields, name: string, key: string, otherwise: string): void {
  const first = fields.get(key) ?? "";
  if (first !== "" && !first.includes(",") && fields.count(key) === 1) return;
  const members = fields.all(key).join(",").split(",").map(trimBlanks);
  const nearest = members.findLast((member) => member !== "") ?? otherwise;
  if (nearest !== "") fields.set(name, nearest);
  else fields.remove(key);
}

/** One line with all that was there, then the new member: servers differ on which of two lines counts. */
function append(fields: Fields, name: string, key: string, member: string): void {
  const before = fields.all(key).filter((value) => value !== "");
  before.push(member);
  fields.set(name, before.join(", "));
}

/** An IPv4 client on a dual-stack socket is an IPv4 client; a zone means nothing to other machines. */
function plainAddress(address: string): string {
  if (address.startsWith("::ffff:") && address.includes(".")) return address.slice(7);
  const zone = address.indexOf("%");
  return zone < 0 ? address : address.slice(0, zone);
}

function element(address: string, by: ForwardedBy): string {
  const node = address.includes(":")
    ? `"[${address}]:${by.clientPort}"`
    : `"${address}:${by.clientPort}"`;
  const host = by.host === "" ? "" : `;host=${quoted(by.host)}`;
  return `for=${node};proto=${by.scheme}${host}`;
}

function quoted(value: string): string {
  return isAll(TOKEN, value) ? value : `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
}
