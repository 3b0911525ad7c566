// Parses a response head (RFC 9112 4, 6.3): status line, fields, and the length of the body, which depends on
// the method of the request. When the head is invalid or ambiguous, the client gets a 502 and the connection
// to the server is closed.
import { asksKeepAlive } from "../message/connection.ts";
import { Fields } from "../message/fields.ts";
import { type HttpVersion, ResponseHead, UNTIL_CLOSE } from "../message/head.ts";
import * as known from "../message/known-names.ts";
import { ProtocolFailure } from "../message/protocol-failure.ts";
import { SP, TEXT } from "../text/chars.ts";
import { quote } from "../text/quote.ts";
import { badByte } from "./bad-byte.ts";
import { declaredLength } from "./framing.ts";
import type { HeadLimits } from "./limits.ts";
import { parseFields } from "./parse-fields.ts";
import { parseVersion } from "./version.ts";

/** The beginning of every status line. */
export const STATUS_LINE = "HTTP/";

/**
 * Parses a head as HeadReader gives it. Returns the checked head, or the refusal. `requestMethod` is the method of the
 * request that the response answers.
 */
export function parseResponseHead(
  text: string,
  limits: HeadLimits,
  requestMethod: string,
): ResponseHead | ProtocolFailure {
  const version = parseVersion(text, 0);
  const status = parseStatus(text);
  const from = beginOfReason(text);
  const i = endOfStatusLine(text, from);
  if (version === 0 || status === 0 || i < 0) return refuseStatusLine(text);
  if (i > limits.requestLine || text.length > limits.head) {
    return (
      badByte(text, "server") ??
      new ProtocolFailure("head-too-large", 502, "The response head is too long")
    );
  }

  const fields = new Fields(text);
  const seen = parseFields(text, i + 2, fields, limits.fields, "server");
  if (typeof seen !== "number") return seen;

  const bodyLength = responseLength(fields, seen, version, status, requestMethod);
  if (bodyLength instanceof ProtocolFailure) return bodyLength;
  const keepAlive =
    (seen & known.CONNECTION) === 0 ? version === 11 : asksKeepAlive(fields, version);
  return new ResponseHead(
    status,
    text.slice(from, i),
    version,
    fields,
    seen,
    bodyLength,
    keepAlive && bodyLength !== UNTIL_CLOSE,
  );
}

/** Returns the reason why a status line is invalid; undefined when it is valid. */
export function refusedStatusLine(line: string): ProtocolFailure | undefined {
  const text = `${line}\r\n`;
  const whole = endOfStatusLine(text, beginOfReason(text)) >= 0;
  const good = whole && parseVersion(text, 0) !== 0 && parseStatus(text) !== 0;
  return good ? undefined : refuseStatusLine(text);
}

/**
 * Returns the index of the reason phrase. Many servers end the line right after the status, without a space and a
 * phrase; that is accepted.
 */
function beginOfReason(text: string): number {
  return text.charCodeAt(12) === SP ? 13 : 12;
}

/** Returns the index of the status line's CRLF, or -1 when an invalid byte comes first. */
function endOfStatusLine(text: string, reason: number): number {
  let i = reason;
  while (i < text.length && TEXT[text.charCodeAt(i)] === 1) i++;
  const spaced = reason === 13 || i === 12;
  return spaced && text.startsWith("\r\n", i) ? i : -1;
}

function responseLength(
  fields: Fields,
  seen: number,
  version: HttpVersion,
  status: number,
  requestMethod: string,
): number | ProtocolFailure {
  // For these statuses the framing fields are not forwarded, so their values need no check.
  if (status < 200 || status === 204 || status === 205) return 0;
  if (requestMethod === "CONNECT" && status < 300) return 0;
  const bodiless = requestMethod === "HEAD" || status === 304;
  if ((seen & (known.CONTENT_LENGTH | known.TRANSFER_ENCODING)) === 0) {
    return bodiless ? 0 : UNTIL_CLOSE;
  }
  // In an answer to HEAD, and in a 304, Content-Length is forwarded to the client, so it has to be valid although no
  // body follows.
  const declared = declaredLength(fields, version, "server");
  if (declared instanceof ProtocolFailure) return declared;
  return bodiless ? 0 : (declared ?? UNTIL_CLOSE);
}

/**
 * Returns whether the line, which may be incomplete, begins with text other than "HTTP/". Such a
 * line is refused, whatever bytes follow.
 */
export function isNoStatusLine(line: string): boolean {
  for (let i = 0; i < STATUS_LINE.length && TEXT[line.charCodeAt(i)] === 1; i++) {
    if (line.charCodeAt(i) !== STATUS_LINE.charCodeAt(i)) return true;
  }
  return false;
}

/** Returns the status: the three digits after "HTTP/1.1 ". Returns 0 when there is no number from 100 to 999. */
function parseStatus(text: string): number {
  if (text.charCodeAt(8) !== 0x20) return 0;
  let status = 0;
  for (let i = 9; i < 12; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return 0;
    status = status * 10 + digit;
  }
  return status >= 100 ? status : 0;
}

/**
 * Returns the refusal of a status line.
 * @param text the status line; it may be incomplete, and more lines may follow
 */
export function refuseStatusLine(text: string): ProtocolFailure {
  const end = text.indexOf("\r\n");
  const line = end < 0 ? text : text.slice(0, end);
  const worse = isNoStatusLine(line)
    ? undefined
    : badByte(end < 0 ? text : text.slice(0, end + 2), "server");
  if (worse !== undefined) return worse;
  return new ProtocolFailure(
    "bad-status-line",
    502,
    `The server's status line is refused: ${quote(line)}`,
  );
}
