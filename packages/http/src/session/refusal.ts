// Requests that are refused before a handler sees them, and the answer to them.
import { writeResponseHead } from "../h1/serializer.ts";
import { httpDate } from "../message/date.ts";
import { Fields } from "../message/fields.ts";
import type { RequestHead } from "../message/head.ts";
import type { ProtocolFailure } from "../message/protocol-failure.ts";
import { reasonPhrase } from "../message/status.ts";
import type { RefusedRequest } from "./session-handler.ts";

/** The refusal when the client did not complete the head in time. */
export const LATE_HEAD: RefusedRequest = {
  status: 408,
  by: "client-timeout",
  cause: "the request head did not come in time",
};

/** The refusal when the client ended its side within the head. The client may still be reading (RFC 9112 §8). */
export const CUT_HEAD: RefusedRequest = {
  status: 400,
  by: "client-closed",
  cause: "the connection ended within the head of a request",
};

/**
 * The refusal when the client left within the head. It is only counted and logged, because the client cannot get an
 * answer.
 */
export const LEFT_HEAD: RefusedRequest = {
  status: -1,
  by: "client-closed",
  cause: "the client left within the head of a request",
};

/** Returns the refusal of a malformed head. */
export function badHead(failure: ProtocolFailure): RefusedRequest {
  return { status: failure.status, cause: failure.message, failure };
}

/** Returns the refusal of a head that announces a body of more than `limit` bytes. */
export function longBody(head: RequestHead, limit: number): RefusedRequest {
  const cause = `a body of ${head.bodyLength} bytes, the limit is ${limit}`;
  return { status: 413, cause, head };
}

/**
 * Returns the complete answer to a refused request, with `Connection: close`. `wall` is the time in milliseconds
 * since 1970. `own` is a field line with its CRLF that every answer of this session has; "" when there is none.
 */
export function refusal(status: number, wall: number, own: string): string {
  const fields = new Fields();
  const body = `${status} ${reasonPhrase(status)}\n`;
  fields.add("Date", httpDate(wall));
  fields.add("Content-Type", "text/plain");
  fields.add("Connection", "close");
  return writeResponseHead(status, reasonPhrase(status), fields, body.length, own) + body;
}
