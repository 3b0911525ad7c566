// One line per finished request, in either format of `telemetry.log.accessFormat`: HAProxy's order of fields
// (client, time, box and process, timer, status, bytes, state, request), or JSON.
import type { FastifyRequest } from "fastify";

export interface FinishedRequest {
  readonly client: string;
  /** The wall-clock time when the request began, in milliseconds since 1970. */
  readonly began: number;
  readonly server: string;
  readonly id: string;
  readonly ms: number;
  readonly status: number;
  /** The announced length of the body; undefined when the answer did not announce it. */
  readonly bytes: number | undefined;
  /** HAProxy's two letters: `--` when the answer was finished, `CD` when the client left before that. */
  readonly state: "--" | "CD";
  readonly method: string;
  readonly url: string;
}

export type AccessFormat = "http" | "json";

const LONGEST_URL = 2048;

/** Formats a record as one line without a line break. */
export function accessLine(record: FinishedRequest, format: AccessFormat): string {
  const at = new Date(record.began).toISOString();
  const ms = Math.round(record.ms);
  const url = record.url.slice(0, LONGEST_URL);
  if (format === "json") {
    const { client, server, id, status, bytes, state, method } = record;
    return JSON.stringify({ at, client, server, id, ms, status, bytes, state, method, url });
  }
  const request = printable(`${record.method} ${url}`);
  return `${record.client} [${at}] ${record.server} ${record.id} ${ms} ${record.status} ${record.bytes ?? "-"} ${record.state} "${request}"`;
}

/** Escapes every character that could end the line, or the quotes around the text. */
function printable(text: string): string {
  return text.toWellFormed().replace(/[^\x20-\x7e]|["\\]/gu, (char) => encodeURIComponent(char));
}

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/**
 * Returns the request id that the tier in front has given, if the id is well formed. Node joins several ids into one
 * text; the last of them counts.
 */
export function requestId(headers: FastifyRequest["headers"]): string | undefined {
  const given = headers["x-request-id"];
  const id = typeof given === "string" ? given.slice(given.lastIndexOf(",") + 1).trim() : "";
  return REQUEST_ID.test(id) ? id : undefined;
}
