// The head as the server gets it: hop-by-hop fields gone, then who the client is, which proxies it
// went through, and a request id that every tier's log repeats.
import { randomUUID } from "node:crypto";
import {
  acceptsTrailers,
  addVia,
  type Fields,
  hasVia,
  type ProtocolFailure,
  type RequestHead,
  setForwarded,
  stripHopByHop,
  writeRequestHead,
} from "@tandem/http";

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

/** Edits `head.fields` for the next hop and writes the head; or says why the request is refused. */
export function prepareHead(
  head: RequestHead,
  client: ClientInfo,
  via: string,
): PreparedHead | ProtocolFailure | "loop" {
  const { fields, upgrade } = head;
  if (hasVia(fields, via)) return "loop";
  const trailers = acceptsTrailers(fields);
  const refused = stripHopByHop(fields);
  if (refused !== undefined) return refused;
  setForwarded(fields, {
    clientAddress: client.address,
    clientPort: client.port,
    scheme: client.scheme,
    host: head.host,
    port: client.serverPort,
    trusted: client.trusted,
  });
  addVia(fields, head.version, via);
  const requestId = identify(fields, client.trusted);
  if (trailers) fields.add("TE", "trailers");
  if (upgrade !== undefined) {
    fields.add("Connection", trailers ? "upgrade, TE" : "upgrade");
    fields.add("Upgrade", upgrade);
  } else if (trailers) fields.add("Connection", "TE");
  return { text: writeRequestHead(head.method, head.path, fields, head.bodyLength), requestId };
}

function identify(fields: Fields, trusted: boolean): string {
  const given = trusted ? fields.get("x-request-id") : undefined;
  if (given !== undefined && given !== "" && given.length <= 128) return given;
  const id = randomUUID();
  fields.set("X-Request-Id", id);
  return id;
}
