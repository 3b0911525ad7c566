// Formats one access line per finished request. `telemetry.log.accessFormat` chooses between JSON and a text with the
// fields in HAProxy's order (client, time, box and process, timer, status, bytes, state, request).
import type { FastifyRequest } from "fastify";

export interface FinishedRequest {
  readonly client: string;
  /** The wall-clock time when the request began, in milliseconds since 1970. */
  readonly began: number;
  readonly server: string;
  readonly id: string;
  readonly ms: number;
  readonly status: number;
  /** The Content-Length of the answer in bytes; undefined when the answer has none. */
  readonly bytes: number | undefined;
  /**
   * The termination state in HAProxy's two letters: `--` when the whole answer was sent, `CD` when the client
   * disconnected before that.
   */
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

/**
 * Percent-encodes quotes, backslashes and every character outside printable ASCII, so that no character can end the log
 * line or the quotes around `text`.
 */
function printable(text: string): string {
  return text.toWellFormed().replace(/[^\x20-\x7e]|["\\]/gu, (char) => encodeURIComponent(char));
}

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/**
 * Returns the request id that the tier in front sent; undefined when the id is missing or not well
 * formed. When a request has several X-Request-Id fields, Node joins their values with commas, and
 * the last value is taken.
 */
export function requestId(headers: FastifyRequest["headers"]): string | undefined {
  const given = headers["x-request-id"];
  const id = typeof given === "string" ? given.slice(given.lastIndexOf(",") + 1).trim() : "";
  return REQUEST_ID.test(id) ? id : undefined;
}
