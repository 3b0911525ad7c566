// One line per finished request, in the two formats `telemetry.log.accessFormat` names: HAProxy's order
// of fields (client, time, who answered, timer, status, bytes, state, request), or JSON.
import type { FastifyRequest } from "fastify";

export interface AccessRecord {
  readonly client: string;
  /** Wall clock when the request began, milliseconds since 1970. */
  readonly began: number;
  readonly server: string;
  readonly id: string;
  readonly ms: number;
  readonly status: number;
  /** Body bytes as announced; undefined when the length was not known beforehand. */
  readonly bytes: number | undefined;
  /** HAProxy's two letters: `--` finished, `CD` the client left before the answer did. */
  readonly state: "--" | "CD";
  readonly method: string;
  readonly url: string;
}

export type AccessFormat = "http" | "json";

const LONGEST_URL = 2048;

/** Formats a record as one line without a line break. */
export function accessLine(record: AccessRecord, format: AccessFormat): string {
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

/** No byte of a request may end the line or the quotes around it. */
function printable(text: string): string {
  return text.toWellFormed().replace(/[^\x20-\x7e]|["\\]/gu, (char) => encodeURIComponent(char));
}

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The id given by the tier before us when it is well formed: of several, which Node has joined, the last. */
export function requestId(headers: FastifyRequest["headers"]): string | undefined {
  const given = headers["x-request-id"];
  const id = typeof given === "string" ? given.slice(given.lastIndexOf(",") + 1).trim() : "";
  return REQUEST_ID.test(id) ? id : undefined;
}
