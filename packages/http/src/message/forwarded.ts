// Tells the servers which client a request came from: X-Forwarded-* and Forwarded (RFC 7239). What an
// untrusted peer wrote in these fields is dropped: if it were kept, the peer could choose the address that
// servers believe.
import { isAll, TOKEN, trimBlanks } from "../text/chars.ts";
import { Fields } from "./fields.ts";
import { FORWARDING } from "./known-names.ts";

/**
 * The accepted schemes: applications build links from them. Proxies such as Traefik write ws and wss for
 * WebSocket.
 */
const SCHEMES: ReadonlySet<string> = new Set(["http", "https", "ws", "wss"]);

/** What this proxy knows of the client's side of the request: the source of the fields it writes. */
export interface ForwardedBy {
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly scheme: "http" | "https";
  /** The authority of the request; "" when it has none. */
  readonly host: string;
  /** The port on which the request was received. */
  readonly port: number;
  /** Whether the peer is a trusted proxy: what it says about the client is believed. */
  readonly trusted: boolean;
}

/**
 * Writes X-Forwarded-For, -Proto, -Host, -Port and Forwarded. When the peer is untrusted, these fields are
 * replaced and X-Real-IP is dropped. When the peer is a trusted proxy, its address is appended, and what it
 * says about scheme, host and port is kept, because that proxy is nearer to the client; only a scheme other
 * than http, https, ws and wss is replaced. Call it after `stripHopByHop`.
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

/**
 * The lines that `setForwarded` adds for an untrusted peer. On one connection only `host` makes them differ.
 */
export function forwardedLines(by: ForwardedBy): string {
  const fields = new Fields();
  setForwarded(fields, { ...by, trusted: false });
  return fields.lines();
}

/**
 * Leaves one line with one member. When there are several, the trusted peer wrote the last one and the client
 * may have written the others. Servers differ on which of several they use, so only the last one is kept.
 */
function keepNearest(fields: Fields, name: string, key: string, otherwise: string): void {
  const first = fields.get(key) ?? "";
  if (first !== "" && !first.includes(",") && fields.count(key) === 1) return;
  const members = fields.all(key).join(",").split(",").map(trimBlanks);
  const nearest = members.findLast((member) => member !== "") ?? otherwise;
  if (nearest !== "") fields.set(name, nearest);
  else fields.remove(key);
}

/**
 * Joins all lines into one and appends the new member, because servers differ on which of two lines they use.
 */
function append(fields: Fields, name: string, key: string, member: string): void {
  const before = fields.all(key).filter((value) => value !== "");
  before.push(member);
  fields.set(name, before.join(", "));
}

/**
 * The IPv4 address of an IPv4 client on a dual-stack socket; without a zone, which has no meaning on other
 * machines.
 */
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
