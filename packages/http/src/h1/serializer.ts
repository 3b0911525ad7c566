// Writes heads and chunk framing (RFC 9112 3, 4, 7.1) as strings of one character per byte, to be sent as Latin-1. The
// parts are concatenated, because V8 copies them together only when the whole string is written. So concatenation is
// the fastest way to write a head with one call.
import type { Fields } from "../message/fields.ts";
import { CHUNKED } from "../message/head.ts";
import { CONTENT_LENGTH, FRAMING } from "../message/known-names.ts";

/** The chunk that ends a body without trailers. */
export const LAST_CHUNK = "0\r\n\r\n";

/**
 * Returns a request head with its empty line. `rest` is the result of `afterTarget`, `framing` the result of
 * `requestFraming`.
 */
export function writeRequestHead(
  method: string,
  path: string,
  rest: string,
  framing: string,
): string {
  return `${method} ${path}${rest}${framing}\r\n`;
}

/**
 * Returns the text that follows a request's target: the version and the field lines. Each of `lines` ends with CRLF,
 * and none is a framing field.
 */
export function afterTarget(lines: string): string {
  return ` HTTP/1.1\r\n${lines}`;
}

/**
 * Returns the line that announces a request's body: Content-Length, or Transfer-Encoding when `bodyLength` is CHUNKED.
 * Returns "" for a length of 0, unless the client wrote Content-Length (`kinds` says so) or servers expect a length
 * with this method.
 */
export function requestFraming(method: string, kinds: number, bodyLength: number): string {
  const declared = (kinds & CONTENT_LENGTH) !== 0;
  const mute = bodyLength === 0 && !expectsBody(method) && !declared;
  return mute ? "" : framingLine(bodyLength);
}

/**
 * Returns a response head with its empty line. The framing field is made from `bodyLength`: a number of bytes, CHUNKED
 * or UNTIL_CLOSE. A status that cannot have a body gets no framing field. Leave `bodyLength` out in answers to HEAD and
 * for 304: then the Content-Length in `fields` is kept, which says how long the body would be. `lines` are more field
 * lines with their CRLFs; they are not checked here.
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
  // A 205 has no body, but needs a length of 0: without a length the client would wait for a body until the connection
  // closes.
  if (status === 205) return `${line}${fields.lines(FRAMING)}${lines}${framingLine(0)}\r\n`;
  if (bodyLength === undefined) return `${line}${fields.lines()}${lines}\r\n`;
  return `${line}${fields.lines(FRAMING)}${lines}${framingLine(bodyLength)}\r\n`;
}

/**
 * Returns a response head without its empty line, for a body of `bodyLength` bytes. `lines` are the field lines with
 * their CRLFs, without framing fields.
 */
export function writePlainHead(
  status: number,
  reason: string,
  lines: string,
  bodyLength: number,
): string {
  return `${statusLine(status, reason)}${lines}${framingLine(bodyLength)}`;
}

/**
 * Returns the line before a chunk. The caller writes "\r\n" after the chunk. Throws on 0 bytes,
 * because a chunk of 0 bytes ends the body.
 */
export function chunkHeader(bytes: number): string {
  if (bytes <= 0) throw new RangeError("A chunk of no bytes would end the body");
  return `${bytes.toString(16)}\r\n`;
}

/** Returns the end of a chunked body, with its trailers if there are any. */
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

/**
 * Returns whether servers expect a length with this method (RFC 9110 8.6). With other methods a missing length means
 * no body.
 */
function expectsBody(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}
