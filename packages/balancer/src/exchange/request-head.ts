// Makes the head of the request that a server gets. Hop-by-hop fields are removed. Fields are added that say who the
// client is and which proxies the request went through, and a request id that the log of every tier repeats.
import { type Client, certificateFields } from "@tandem/front";
import {
  acceptsTrailers,
  addVia,
  afterTarget,
  CHUNKED,
  type ForwardedBy,
  flat,
  forwardedLines,
  hasVia,
  type ProtocolFailure,
  plainRequestLines,
  type RequestHead,
  requestFraming,
  setForwarded,
  stripFraming,
  stripHopByHop,
  versionText,
  writeRequestHead,
} from "@tandem/http";
import type { ForwardOptions } from "./forward-options.ts";
import type { Remembered } from "./remembered.ts";
import { requestIdOf } from "./request-id.ts";

export interface PreparedHead {
  readonly text: string;
  readonly requestId: string;
}

/**
 * Writes the head for the next hop, or says why the request is refused. `fallbackHost` becomes the Host when the client
 * sent none. The lines that depend only on the fields are made once and kept with the fields, for the next request with
 * equal fields.
 */
export function prepareHead(
  head: RequestHead,
  options: ForwardOptions,
  fallbackHost: string,
): PreparedHead | ProtocolFailure | "loop" {
  const { section, method, target } = head;
  let rest = head.edited ? undefined : section.forwardText;
  if (rest === undefined) {
    const made = forwardLines(head, options);
    if (typeof made !== "string" || made === LOOP) return made;
    rest = afterTarget(`${made}X-Request-Id: `);
    if (!head.edited) section.forwardText = rest;
  }
  const requestId = requestIdOf(head.fields, options.client.trusted);
  rest += `${requestId}\r\n`;
  // An HTTP/1.0 client may leave Host out. We send HTTP/1.1, which must have Host (RFC 9112 §3.2). A hook may have
  // set Host already.
  if (head.host === "" && !head.fields.has("host")) rest += `Host: ${fallbackHost}\r\n`;
  const framing = requestFraming(method, section.kinds, section.bodyLength);
  return { text: writeRequestHead(method, target, rest, framing), requestId };
}

const LOOP = "loop";

/**
 * Returns the field lines of the forwarded request, without the request id, the framing fields, and the Host that is
 * added when the client sent none.
 */
function forwardLines(
  head: RequestHead,
  { client, via, remembered }: ForwardOptions,
): string | ProtocolFailure | typeof LOOP {
  if (!head.edited && !client.trusted) {
    const plain = plainRequestLines(head);
    if (plain !== undefined) return plain + ourLines(head, client, via, remembered);
  }
  const fields = head.edited ? head.editableFields : head.fields.copy();
  if (hasVia(fields, via)) return LOOP;
  if (head.bodyLength !== CHUNKED) fields.remove("trailer"); // without chunks there are no trailers
  if (head.version < 11) fields.remove("expect"); // HTTP/1.0 clients' Expect is ignored (RFC 9110 §10.1.1), so it must not go out in our HTTP/1.1 request
  const trailers = acceptsTrailers(fields);
  const refused = stripHopByHop(fields);
  if (refused !== undefined) return refused;
  fields.remove("x-request-id");
  setForwarded(fields, forwardedBy(client, head.host));
  addVia(fields, head.version, via);
  stripFraming(fields);
  return fields.lines() + connectionLines(head.upgrade, trailers);
}

function connectionLines(upgrade: string | undefined, trailers: boolean): string {
  const te = trailers ? "TE: trailers\r\n" : "";
  if (upgrade === undefined) return trailers ? `${te}Connection: TE\r\n` : "";
  return `${te}Connection: upgrade${trailers ? ", TE" : ""}\r\nUpgrade: ${upgrade}\r\n`;
}

function ourLines(
  { host, version }: RequestHead,
  client: Client,
  via: string,
  remembered: Remembered,
): string {
  const before = remembered.lines;
  if (before?.host === host && before.version === version) return before.lines;
  const hop = `Via: ${versionText(version)} ${via}\r\n`;
  const lines = flat(forwardedLines(forwardedBy(client, host)) + hop);
  remembered.lines = { host, version, lines };
  return lines;
}

function forwardedBy(client: Client, host: string): ForwardedBy {
  const { address, port, scheme, serverPort, trusted } = client;
  return {
    ...{ clientAddress: address, clientPort: port, scheme, host, port: serverPort, trusted },
    certificate:
      client.certificate === undefined ? undefined : certificateFields(client.certificate),
  };
}
