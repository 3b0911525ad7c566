// Writes heads and chunk framing (RFC 9112 3, 4, 7.1) as strings whose characters are bytes: send them
// as Latin-1. Concatenation, because the engine's ropes make it the fastest way to one write per head.
import type { Fields } from "../message/fields.ts";
import { CHUNKED } from "../message/head.ts";

/** The chunk that ends a body without trailers. */
export const LAST_CHUNK = "0\r\n\r\n";

/**
 * A request head up to and with its empty line. With `bodyLength` (a number of bytes or CHUNKED) the
 * framing is ours and any Content-Length or Transfer-Encoding in `fields` is skipped; a length of 0 is
 * spelt out only where servers expect one. Without it `fields` go out as they are. `lines` are more
 * field lines, complete with their CRLFs, that the caller vouches for.
 */
export function writeRequestHead(
  method: string,
  path: string,
  fields: Fields,
  bodyLength?: number,
  lines = "",
): string {
  const line = `${method} ${path} HTTP/1.1\r\n`;
  if (bodyLength === undefined) return `${line}${fieldLines(fields)}${lines}\r\n`;
  const mute = bodyLength === 0 && !expectsBody(method) && !fields.has("content-length");
  const framing = mute ? "" : framingLine(bodyLength);
  return `${line}${framedFieldLines(fields)}${lines}${framing}\r\n`;
}

/**
 * A response head up to and with its empty line. With `bodyLength` (a number of bytes, CHUNKED or
 * UNTIL_CLOSE) the framing is ours, as for requests, and statuses that cannot have a body get none.
 * Leave it out in answers to HEAD and for 304, so that the Content-Length of the would-be body survives.
 */
export function writeResponseHead(
  status: number,
  reason: string,
  fields: Fields,
  bodyLength?: number,
): string {
  const line = `HTTP/1.1 ${status} ${reason}\r\n`;
  if (status < 200 || status === 204) return `${line}${framedFieldLines(fields)}\r\n`;
  // Without a length of 0 a client would wait for the body of a 205 until the connection closes.
  if (status === 205) return `${line}${framedFieldLines(fields)}${framingLine(0)}\r\n`;
  if (bodyLength === undefined) return `${line}${fieldLines(fields)}\r\n`;
  return `${line}${framedFieldLines(fields)}${framingLine(bodyLength)}\r\n`;
}

/** The line before a chunk; after its bytes goes "\r\n". Throws on 0 bytes, which would end the body. */
export function chunkHeader(bytes: number): string {
  if (bytes <= 0) throw new RangeError("A chunk of no bytes would end the body");
  return `${bytes.toString(16)}\r\n`;
}

/** The end of a chunked body, with trailers when there are any. */
export function lastChunk(trailers?: Fields): string {
  return trailers === undefined ? LAST_CHUNK : `0\r\n${fieldLines(trailers)}\r\n`;
}

function fieldLines(fields: Fields): string {
  const { names, values } = fields;
  let lines = "";
  for (let i = 0; i < names.length; i++) lines += `${names[i]}: ${values[i]}\r\n`;
  return lines;
}

function framedFieldLines(fields: Fields): string {
  const { names, keys, values } = fields;
  let lines = "";
  for (let i = 0; i < names.length; i++) {
    const key = keys[i];
    if (key === "content-length" || key === "transfer-encoding") continue;
    lines += `${names[i]}: ${values[i]}\r\n`;
  }
  return lines;
}

function framingLine(bodyLength: number): string {
  if (bodyLength >= 0) return `Content-Length: ${bodyLength}\r\n`;
  return bodyLength === CHUNKED ? "Transfer-Encoding: chunked\r\n" : "";
}

/** RFC 9110 8.6: with these methods a missing length is a question, with the others it means none. */
function expectsBody(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}
