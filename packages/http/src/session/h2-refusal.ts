// The answer to a request over HTTP/2 that no handler has answered.
import type { ServerSide } from "../h2/server-side.ts";
import type { H2Stream } from "../h2/stream.ts";
import { httpDate } from "../message/date.ts";
import { Fields } from "../message/fields.ts";
import { addGrpcFailure } from "../message/grpc.ts";
import { reasonPhrase } from "../message/status.ts";
import type { OwnField } from "./session-handler.ts";

/** Returns `fields` with the session's own field, if it has one and they have not. */
export function withOwnField(fields: Fields, own: OwnField | undefined): Fields {
  if (own === undefined || fields.has(own.key)) return fields;
  const all = fields.copy();
  all.add(own.key, own.line.slice(own.key.length + 1).trim());
  return all;
}

/**
 * Answers with a status and its phrase, and ends the stream.
 * @param wall the time in milliseconds since 1970
 * @param grpc whether the request is a call of gRPC, whose client gets the failure in the way of gRPC
 */
export function answerRefusal(
  side: ServerSide,
  stream: H2Stream,
  status: number,
  wall: number,
  own: OwnField | undefined,
  grpc: boolean,
): void {
  const body = Buffer.from(`${status} ${reasonPhrase(status)}\n`);
  const fields = new Fields();
  fields.add("Date", httpDate(wall));
  fields.add("Content-Type", "text/plain");
  if (grpc) {
    addGrpcFailure(fields, status);
    side.respond(stream, 200, withOwnField(fields, own), undefined, true);
  } else {
    side.respond(stream, status, withOwnField(fields, own), body.length, false);
    stream.write(body);
    stream.end();
  }
  stream.endRest();
}
