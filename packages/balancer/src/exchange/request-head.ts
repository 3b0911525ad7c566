// The head as the server gets it: hop-by-hop fields gone, then who the client is, which proxies it
// went through, and a request id that every tier's log repeats.
import {
  acceptsTrailers,
  addVia,
  CHUNKED,
  type ForwardedBy,
  hasVia,
  type ProtocolFailure,
  type RequestHead,
  requestFraming,
  setForwarded,
  stripFraming,
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
 * Writes the head for the next hop; or says why the request is refused. `fallbackHost` is named as Host
 * when the client named none. All requests of `client`'s connection have to come here with the same `via`:
 * what follows from fields alone is made once and kept with them.
 */
export function prepareHead(
  head: RequestHead,
  client: ClientInfo,
  via: string,
  fallbackHost: string,
): PreparedHead | ProtocolFailure | "loop" {
  const { section, method, path } = head;
  let lines = head.edited ? undefined : section.forwardLines;
  if (lines === undefined) {
    const made = forwardLines(head, client, via);
    if (typeof made !== "string" || made === LOOP) return made;
    lines = made;
    if (!head.edited) section.forwardLines = lines;
  }
  const requestId = requestIdOf(head.fields, client.trusted);
  // An HTTP/1.0 client may leave Host out; what we send on is HTTP/1.1, which may not (RFC 9112 §3.2).
  if (head.host === "") lines += `Host: ${fallbackHost}\r\n`;
  lines += `X-Request-Id: ${requestId}\r\n`;
  const framing = requestFraming(method, section.fields, section.bodyLength);
  return { text: writeRequestHead(method, path, lines, framing), requestId };
}

const LOOP = "loop";

/** The field lines of the forwarded request, all but Host when there is none, request id and framing. */
function forwardLines(
  head: RequestHead,
  client: ClientInfo,
  via: string,
): string | ProtocolFailure | typeof LOOP {
  const { upgrade } = head;
  const fields = head.edited ? head.editableFields : head.fields.copy();
  if (hasVia(fields, via)) return LOOP;
  if (head.bodyLength !== CHUNKED) fields.remove("trailer"); // none can follow
  const trailers = acceptsTrailers(fields);
  const refused = stripHopByHop(fields);
  if (refused !== undefined) return refused;
  fields.remove("x-request-id");
  setForwarded(fields, forwardedBy(client, head.host));
  addVia(fields, head.version, via);
  stripFraming(fields);
  let lines = fields.lines();
  if (trailers) lines += "TE: trailers\r\n";
  if (upgrade !== undefined) {
    lines += `Connection: upgrade${trailers ? ", TE" : ""}\r\nUpgrade: ${upgrade}\r\n`;
  } else if (trailers) lines += "Connection: TE\r\n";
  return lines;
}

function forwardedBy(client: ClientInfo, host: string): ForwardedBy {
  const { address, port, scheme, serverPort, trusted } = client;
  return { clientAddress: address, clientPort: port, scheme, host, port: serverPort, trusted };
}
