// Makes the access record of a request, however the request ended: forwarded, answered by the tier itself, redirected,
// refused, or left by its client. The fields that all records have in common are filled in only here. The handler of
// the request then adds the fields that only the handler knows (the server, the times, how the request ended). For
// speed, the record is made as one object literal: no fields are copied, and V8 gives all records the same shape.
import { type RequestHead, versionText } from "@tandem/http";
import type { Exchange } from "@tandem/http/exchange";
import type { RefusedRequest } from "@tandem/http/session";
import type { AccessRecord } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";
import type { Client } from "./client.ts";
import { clientAddressOf, clientPortOf } from "./client-address.ts";
import { subjectOf } from "./client-certificate.ts";
import { abortTermination } from "./termination.ts";

/** Stands in place of the server's name in a record when no server was chosen. */
export const NO_SERVER = "<NOSRV>";
/** Stands in place of a time or status that does not exist. */
const NEVER = -1;

/**
 * Returns the record of an exchange that has ended. The record says that the exchange ended well and that no server
 * was asked; where this is not true, the handler changes it. The code that writes the record adds how many
 * connections are open (HAProxy's actconn and feconn).
 */
export function accessRecord(
  exchange: Exchange,
  client: Client,
  frontend: string,
  backend: string,
  clock: Clock,
): AccessRecord {
  return record(exchange, exchange.head, client, frontend, backend, clock);
}

/**
 * Returns the record of a refused request: it was malformed, its head came too late, or its client left before the
 * head was complete.
 */
export function refusedRecord(
  { status, head, cause, by }: RefusedRequest,
  client: Client,
  frontend: string,
  backend: string,
  clock: Clock,
): AccessRecord {
  const refused = record(undefined, head, client, frontend, backend, clock);
  refused.status = status;
  refused.cause = cause;
  refused.termination = by === undefined ? "PR--" : abortTermination(by, "request")[0];
  return refused;
}

function record(
  exchange: Exchange | undefined,
  head: RequestHead | undefined,
  client: Client,
  frontend: string,
  backend: string,
  clock: Clock,
): AccessRecord {
  const ta = exchange === undefined ? 0 : clock.now() - exchange.startedAt;
  return {
    clientAddress: head === undefined ? client.address : clientAddressOf(head, client),
    clientPort: head === undefined ? client.port : clientPortOf(head, client),
    startedAt: clock.wall() - ta,
    frontend,
    tls: client.scheme === "https",
    backend,
    server: NO_SERVER,
    tr: exchange === undefined ? NEVER : Math.round(exchange.headAt - exchange.startedAt),
    tw: NEVER,
    tc: NEVER,
    tResponse: NEVER,
    ta: Math.round(ta),
    status: exchange === undefined || exchange.status === 0 ? NEVER : exchange.status,
    bytes: exchange === undefined ? 0 : exchange.bytesSent,
    termination: "----",
    actconn: 0,
    feconn: 0,
    beconn: 0,
    srvconn: 0,
    retries: 0,
    redispatched: false,
    srvQueue: 0,
    backendQueue: 0,
    method: head === undefined ? "" : head.method,
    target: head === undefined ? "" : head.target,
    version: head === undefined ? "" : `HTTP/${versionText(head.version)}`,
    requestId: "",
    cause: "",
    host: head === undefined ? "" : head.host,
    userAgent: head === undefined ? "" : (head.fields.get("user-agent") ?? ""),
    connectionId: client.id,
    clientCertificate: client.certificate ? subjectOf(client.certificate) : "",
  };
}
