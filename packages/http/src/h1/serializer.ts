// Writes heads and chunk framing (RFC 9112 3, 4, 7.1) as strings whose characters are bytes: send them
// as Latin-1. Concatenation, because the engine's ropes make it the fastest way to one write per head.
import type { Fields } from "../message/fields.ts";
import { CHUNKED } from "../message/head.ts";
import { CONTENT_LENGTH, FRAMING } from "../message/known-names.ts";

/** The chunk that ends a body without trailers. */
export const LAST_CHUNK = "0\r\n\r\n";

/** A request head up to and with its empty line, from `afterTarget` and `requestFraming`. */
export function writeRequestHead(
  method: string,
  path: string,
  rest: string,
  framing: string,
): string {
  return `${method} ${path}${rest}${framing}\r\n`;
}

/** What follows a request's target. `lines` are complete with their CRLFs, and none is about framing. */
export function afterTarget(lines: string): string {
  return ` HTTP/1.1\r\n${lines}`;
}

/**
 * The line that announces a request's body, of `bodyLength` bytes or CHUNKED: ours, from what was parsed.
 * A length of 0 is spelt out only where the client did, which the `kinds` of its fields say, or where
 * servers expect one.
 */
export function requestFraming(method: string, kinds: number, bodyLength: number): string {
  const declared = (kinds & CONTENT_LENGTH) !== 0;
  const mute = bodyLength === 0 && !expectsBody(method) && !declared;
  return mute ? "" : framingLine(bodyLength);
}

/**
 * A response head up to and with its empty line. With `bodyLength` (a number of bytes, CHUNKED or
 * UNTIL_CLOSE) the framing is ours, as for requests, and statuses that cannot have a body get none.
 * Leave it out in answers to HEAD and for 304, so that the Content-Length of the would-be body survives.
 * `lines` are more field lines, complete with their CRLFs, that the caller vouches for.
 */
export function writeResponseHead(
  status: number,
  reason: string,
  fields: Fields,
  bodyLength?: number,
  lines = "",
): string {
  const line = statusLine(status, reason);
  if (status < 200 || status === 204) return `${line}${fields.lines(FRAMING)}${lines}\r\n`;
  // Without a length of 0 a client would wait for the body of a 205 until the connection closes.
  if (status === 205) return `${line}${fields.lines(FRAMING)}${lines}${framingLine(0)}\r\n`;
  if (bodyLength === undefined) return `${line}${fields.lines()}${lines}\r\n`;
  return `${line}${fields.lines(FRAMING)}${lines}${framingLine(bodyLength)}\r\n`;
}

/** The same but for its empty line, for a body of known length and lines made beforehand. */
export function writePlainHead(
  status: number,
  reason: string,
  lines: string,
  bodyLength: number,
): string {
  return `${statusLine(status, reason)}${lines}${framingLine(bodyLength)}`;
}

/** The line before a chunk; after its bytes goes "\r\n". Throws on 0 bytes, which would end the body. */
export function chunkHeader(bytes: number): string {
  if (bytes <= 0) throw new RangeError("A chunk of no bytes would end the body");
  return `${bytes.toString(16)}\r\n`;
}

/** The end of a chunked body, with trailers when there are any. */
export function lastChunk(trailers?: Fields): string {
  return trailers === undefined ? LAST_CHUNK : `0\r\n${trailers.lines()}\r\n`;
}

function statusLine(status: number, reason: string): string {
  return `HTTP/1.1 ${status} ${reason}\r\n`;
}

function framingLine(bodyLength: number): string {
  if (bodyLength >= 0) return `Content-Length: ${bodyLength}\r\n`;
  return bodyLength === CHUNKED ? "Transfer-Encoding: chunked\r\n" : "";
}

/** RFC 9110 8.6: with these methods a missing length is a question, with the others it means none. */
function expectsBody(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}
