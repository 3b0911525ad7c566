// Makes the access records of the requests that the webserver answers itself: files, pages of its
// own, refusals. The forwarding engine records the requests that are forwarded. A file is served
// without waiting in a queue and without connecting to a server, so its record says 0 ms for both.
import {
  abortTermination,
  accessRecord,
  type Client,
  NO_SERVER,
  refusedRecord,
} from "@tandem/front";
import type { RefusedRequest } from "@tandem/http/session";
import type { AccessRecord } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";
import type { LocalExchange } from "./local-exchange.ts";
import { BACKEND, FRONTEND } from "./names.ts";

/**
 * Returns the record of a refused request: it was malformed, its head came too late, or its client left before the
 * head was complete.
 */
export function refusal(refused: RefusedRequest, client: Client, clock: Clock): AccessRecord {
  const record = refusedRecord(refused, client, FRONTEND, BACKEND, clock);
  if (refused.failure !== undefined) record.cause = `${refused.failure.code}: ${refused.cause}`;
  return record;
}

/**
 * Returns the record of a request that the webserver handled itself, even if the client left early.
 */
export function localRecord(local: LocalExchange, client: Client, clock: Clock): AccessRecord {
  const { exchange, respondedAt } = local;
  const record = accessRecord(exchange, client, FRONTEND, BACKEND, clock);
  if (local.server !== NO_SERVER) {
    record.server = local.server;
    record.tw = 0;
    record.tc = 0;
    record.tResponse = respondedAt < 0 ? -1 : Math.round(respondedAt - exchange.headAt);
  }
  record.termination = termination(local);
  record.requestId = local.requestId;
  record.cause = local.abortedBy ?? (local.transfer?.failure || local.cause);
  return record;
}

function termination({ exchange, abortedBy, transfer, server }: LocalExchange): string {
  if (abortedBy !== undefined) {
    return abortTermination(abortedBy, exchange.status === 0 ? "response" : "data")[0];
  }
  if (transfer !== undefined && transfer.failure !== "") return "SD--";
  return server === NO_SERVER ? "LR--" : "----";
}
