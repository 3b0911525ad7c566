// Calls of gRPC over HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md), and answers that tell the
// client of such a call that it has failed. A client of gRPC reads no status of HTTP and no page: it reads grpc-status.
import type { Fields } from "./fields.ts";
import type { RequestHead } from "./head.ts";
import { reasonPhrase } from "./status.ts";

/** application/grpc, application/grpc+proto and so on; not application/grpc-web, which browsers speak. */
const TYPE = /^application\/grpc(?:[+;\s]|$)/i;

/** Statuses of gRPC by those of HTTP, as gRPC's own clients translate them (doc/http-grpc-status-mapping.md). */
const STATUSES: Readonly<Record<number, number>> = {
  400: 13, // INTERNAL
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  404: 12, // UNIMPLEMENTED
  429: 14, // UNAVAILABLE
  502: 14,
  503: 14,
  504: 14,
};
const UNKNOWN = 2;
const UNAVAILABLE = 14;

/** Returns whether fields of a request or of an answer say that its body has messages of gRPC. */
export function hasGrpcType(fields: Fields): boolean {
  return TYPE.test(fields.get("content-type") ?? "");
}

/** Returns whether a request is a call of gRPC. */
export function callsGrpc({ method, fields }: RequestHead): boolean {
  return method === "POST" && hasGrpcType(fields);
}

/**
 * Makes the fields of an answer with a status of HTTP say the same to a client of gRPC. They are to be sent with status
 * 200 and without a body (Trailers-Only). Proxy-Status, which names the proxy and its reason, is part of the message.
 */
export function addGrpcFailure(fields: Fields, status: number): void {
  const details = fields.get("proxy-status");
  const why = `${status} ${reasonPhrase(status)}`;
  fields.remove("content-length");
  fields.set("Content-Type", "application/grpc");
  fields.set("Grpc-Status", String(STATUSES[status] ?? UNKNOWN));
  fields.set("Grpc-Message", encodeMessage(details === undefined ? why : `${why}: ${details}`));
}

/** Adds what ends an answer of gRPC that cannot be completed. */
export function addGrpcCut(trailers: Fields): void {
  trailers.add("Grpc-Status", String(UNAVAILABLE));
  trailers.add("Grpc-Message", "the server's answer was cut short");
}

/** Returns a message as grpc-message has it: what is not printable ASCII, and %, as %XX of its UTF-8 bytes. */
function encodeMessage(message: string): string {
  const escaped = (bytes: Buffer) =>
    [...bytes].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
  return message.replace(/[^ -$&-~]+/g, (part) => escaped(Buffer.from(part)));
}
