// Access records of the requests that end here (files, pages of our own, refusals). Forwarded ones are
// recorded by the forwarding engine. Phases that a local answer does not have take 0 ms.
import { type ClientInfo, clientAddressOf, clientPortOf } from "@tandem/balancer/backend";
import type { AbortCause, Exchange } from "@tandem/http/exchange";
import type { RefusedRequest } from "@tandem/http/session";
import type { AccessRecord } from "@tandem/telemetry";
import type { LocalExchange } from "./local-exchange.ts";
import { BACKEND, FRONTEND } from "./names.ts";

/** The two clocks at the moment of logging, and the number of open connections. */
export interface Moment {
  readonly now: number;
  readonly wall: number;
  readonly connections: number;
}

function blank(client: ClientInfo, moment: Moment): AccessRecord {
  return {
    clientAddress: client.address,
    clientPort: client.port,
    startedAt: moment.wall,
    frontend: FRONTEND,
    tls: client.scheme === "https",
    backend: BACKEND,
    server: "<NOSRV>",
    tr: -1,
    tw: -1,
    tc: -1,
    tResponse: -1,
    ta: 0,
    status: -1,
    bytes: 0,
    termination: "PR--",
    actconn: moment.connections,
    feconn: moment.connections,
    beconn: 0,
    srvconn: 0,
    retries: 0,
    redispatched: false,
    srvQueue: 0,
    backendQueue: 0,
    method: "",
    target: "",
    version: "",
    requestId: "",
    cause: "",
    host: "",
    userAgent: "",
  };
}

/** A request that was no valid request, or whose client was late with its head or left within it. */
export function refusedRecord(
  refused: RefusedRequest,
  client: ClientInfo,
  moment: Moment,
): AccessRecord {
  const { status, by, failure } = refused;
  const termination = `${by === undefined ? "P" : BY[by]}R--`;
  const cause = failure === undefined ? refused.cause : `${failure.code}: ${refused.cause}`;
  return { ...blank(client, moment), status, termination, cause };
}

/** A request that was answered here, or whose client left before it was. */
export function localRecord(
  local: LocalExchange,
  client: ClientInfo,
  moment: Moment,
): AccessRecord {
  const { exchange, respondedAt } = local;
  const { head, startedAt, headAt } = exchange;
  const record = blank(client, moment);
  record.clientAddress = clientAddressOf(head, client);
  record.clientPort = clientPortOf(head, client);
  record.ta = Math.round(moment.now - startedAt);
  record.startedAt = moment.wall - (moment.now - startedAt);
  record.tr = Math.round(headAt - startedAt);
  if (local.server !== "<NOSRV>") {
    record.tw = 0;
    record.tc = 0;
    record.tResponse = respondedAt < 0 ? -1 : Math.round(respondedAt - headAt);
  }
  record.server = local.server;
  record.status = exchange.status === 0 ? -1 : exchange.status;
  record.bytes = exchange.bytesSent;
  record.termination = termination(local, exchange);
  record.method = head.method;
  record.target = head.target;
  record.version = head.version === 11 ? "HTTP/1.1" : "HTTP/1.0";
  record.requestId = local.requestId;
  record.cause = local.abortedBy ?? (local.transfer?.failure || local.cause);
  record.host = head.host;
  record.userAgent = head.fields.get("user-agent") ?? "";
  return record;
}

const BY: Readonly<Record<AbortCause, string>> = {
  "client-closed": "C",
  "client-timeout": "c",
  "body-too-slow": "c",
  "bad-body": "P",
  "body-too-large": "P",
  stopped: "K",
};

function termination(local: LocalExchange, exchange: Exchange): string {
  const phase = exchange.status === 0 ? "H" : "D";
  if (local.abortedBy !== undefined) return `${BY[local.abortedBy]}${phase}--`;
  if (local.transfer !== undefined && local.transfer.failure !== "") return "SD--";
  return local.server === "<NOSRV>" ? "LR--" : "----";
}
