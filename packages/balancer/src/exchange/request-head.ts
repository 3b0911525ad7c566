// The head as the server gets it: hop-by-hop fields gone, then who the client is, which proxies it
// went through, and a request id that every tier's log repeats.
import {
  acceptsTrailers,
  addVia,
  CHUNKED,
  type ForwardedBy,
  forwardedLines,
  type HttpVersion,
  hasVia,
  type ProtocolFailure,
  type RequestHead,
  setForwarded,
  stripForwarded,
  stripHopByHop,
  writeRequestHead,
} from "@tandem/http";
import { requestIdOf } from "./request-id.ts";

/** The connection a request came in on. */
export interface ClientInfo {
  readonly address: string;
  readonly port: number;
  readonly scheme: "http" | "https";
  /** The port the client connected to. */
  readonly serverPort: number;
  /** What it says in X-Forwarded-* and X-Request-Id is believed. */
  readonly trusted: boolean;
}

export interface PreparedHead {
  readonly text: string;
  readonly requestId: string;
}

/**
 * Edits `head.fields` for the next hop and writes the head; or says why the request is refused.
 * `fallbackHost` is named as Host when the client named none.
 */
export function prepareHead(
  head: RequestHead,
  client: ClientInfo,
  via: string,
  fallbackHost: string,
): PreparedHead | ProtocolFailure | "loop" {
  const { fields, upgrade } = head;
  if (hasVia(fields, via)) return "loop";
  if (head.bodyLength !== CHUNKED) fields.remove("trailer"); // none can follow
  const trailers = acceptsTrailers(fields);
  const refused = stripHopByHop(fields);
  if (refused !== undefined) return refused;
  const requestId = requestIdOf(fields, client.trusted);
  let lines = ourLines(head, client, via);
  if (fields.get("x-request-id") !== requestId) {
    fields.remove("x-request-id");
    lines += `X-Request-Id: ${requestId}\r\n`;
  }
  // An HTTP/1.0 client may leave Host out; what we send on is HTTP/1.1, which may not (RFC 9112 §3.2).
  if (head.host === "") lines += `Host: ${fallbackHost}\r\n`;
  if (trailers) lines += "TE: trailers\r\n";
  if (upgrade !== undefined) {
    lines += `Connection: upgrade${trailers ? ", TE" : ""}\r\nUpgrade: ${upgrade}\r\n`;
  } else if (trailers) lines += "Connection: TE\r\n";
  return {
    text: writeRequestHead(head.method, head.path, fields, head.bodyLength, lines),
    requestId,
  };
}

/** What is said about an untrusted client and the way so far, kept per connection for one host. */
interface KeptLines {
  readonly host: string;
  readonly version: HttpVersion;
  readonly via: string;
  readonly lines: string;
}
const kept = new WeakMap<ClientInfo, KeptLines>();

function ourLines(head: RequestHead, client: ClientInfo, via: string): string {
  const { fields, host, version } = head;
  if (client.trusted) {
    setForwarded(fields, forwardedBy(client, host));
    addVia(fields, version, via);
    return "";
  }
  stripForwarded(fields);
  const before = kept.get(client);
  if (before?.host === host && before.version === version && before.via === via)
    return before.lines;
  const lines = `${forwardedLines(forwardedBy(client, host))}Via: ${version === 11 ? "1.1" : "1.0"} ${via}\r\n`;
  kept.set(client, { host, version, via, lines });
  return lines;
}

function forwardedBy(client: ClientInfo, host: string): ForwardedBy {
  const { address, port, scheme, serverPort, trusted } = client;
  return { clientAddress: address, clientPort: port, scheme, host, port: serverPort, trusted };
}
