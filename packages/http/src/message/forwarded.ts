// Tells the servers which client a request came from: X-Forwarded-* and Forwarded (RFC 7239). Values that an
// untrusted peer wrote in these fields are dropped. Otherwise that peer could choose the client address that servers
// believe.
import { isAll, TOKEN, trimBlanks } from "../text/chars.ts";
import { Fields } from "./fields.ts";
import { CERTIFICATE_FIELDS, FORWARDING } from "./known-names.ts";

/**
 * The schemes that are accepted from a trusted proxy. Other schemes are replaced, because
 * applications build links from the scheme. Proxies such as Traefik write ws and wss for WebSocket.
 */
const SCHEMES: ReadonlySet<string> = new Set(["http", "https", "ws", "wss"]);

/** The facts about the client's side of the request that the forwarding fields are made from. */
export interface ForwardedBy {
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly scheme: "http" | "https";
  /** The authority of the request; "" when it has none. */
  readonly host: string;
  /** The port on which the request was received. */
  readonly port: number;
  /** Whether the peer is a trusted proxy, whose fields about the client are believed. */
  readonly trusted: boolean;
  /**
   * The fields about the certificate that the peer showed. Undefined when the listener asks for none. Then what a
   * trusted proxy says about its client's certificate is believed.
   */
  readonly certificate?: readonly (readonly [name: string, value: string])[] | undefined;
}

/**
 * Writes X-Forwarded-For, -Proto, -Host, -Port and Forwarded, and the fields about the client's certificate. When the peer is untrusted, these fields are replaced
 * and X-Real-IP is dropped. When the peer is a trusted proxy, its address is appended to X-Forwarded-For and
 * Forwarded. The scheme, host and port that the proxy wrote are kept, because the proxy is nearer to the client. Only
 * a scheme other than http, https, ws and wss is replaced. Call `setForwarded` after `stripHopByHop`.
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
    addCertificate(fields, by);
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
  if (by.certificate !== undefined) for (const key of CERTIFICATE_FIELDS) fields.remove(key);
  addCertificate(fields, by);
}

function addCertificate(fields: Fields, { certificate = [] }: ForwardedBy): void {
  for (const [name, value] of certificate) fields.add(name, value);
}

/**
 * Returns the lines that `setForwarded` adds for an untrusted peer. On one connection these lines differ only when
 * `host` differs.
 */
export function forwardedLines(by: ForwardedBy): string {
  const fields = new Fields();
  setForwarded(fields, { ...by, trusted: false });
  return fields.lines();
}

/**
 * Reduces a field to one line with one value: its last value, or `otherwise` when the field has no
 * value. When there are several values, the trusted peer wrote the last one, and the client may
 * have written the others. Servers differ on which of several values they use, so only the last one
 * is kept.
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
 * Joins all lines of a field into one and appends the new member. One line is written, because servers differ on which
 * of two lines they use.
 */
function append(fields: Fields, name: string, key: string, member: string): void {
  const before = fields.all(key).filter((value) => value !== "");
  before.push(member);
  fields.set(name, before.join(", "));
}

/**
 * Returns the address without a zone, which has no meaning on other machines. For an IPv4 client on a dual-stack
 * socket, returns the IPv4 address.
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
