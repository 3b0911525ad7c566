// A response head (RFC 9112 4, 6.3): status line, fields, and how long the body is, which depends on the
// method that was asked with. Whatever is doubtful becomes a 502 and the end of the server connection.
import { asksKeepAlive } from "../message/connection.ts";
import { Fields } from "../message/fields.ts";
import { ResponseHead, UNTIL_CLOSE } from "../message/head.ts";
import * as known from "../message/known-names.ts";
import { ProtocolFailure } from "../message/protocol-failure.ts";
import { SP, TEXT } from "../text/chars.ts";
import { quote } from "../text/quote.ts";
import { badByte } from "./bad-byte.ts";
import { declaredLength } from "./framing.ts";
import type { HeadLimits } from "./limits.ts";
import { parseFields } from "./parse-fields.ts";
import { parseVersion } from "./version.ts";

/** How every status line begins. */
export const STATUS_LINE = "HTTP/";

/** Reads a head as HeadReader gives it; `requestMethod` is the method it answers. */
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

/** Why no head can begin with that line, whatever comes after it. */
export function refusedStatusLine(line: string): ProtocolFailure | undefined {
  const text = `${line}\r\n`;
  const whole = endOfStatusLine(text, beginOfReason(text)) >= 0;
  const good = whole && parseVersion(text, 0) !== 0 && parseStatus(text) !== 0;
  return good ? undefined : refuseStatusLine(text);
}

/** "HTTP/1.1 200" with nothing after it, not even the space, is common and means only one thing. */
function beginOfReason(text: string): number {
  return text.charCodeAt(12) === SP ? 13 : 12;
}

/** Where its line break is, or -1 when something else comes first. */
function endOfStatusLine(text: string, reason: number): number {
  let i = reason;
  while (i < text.length && TEXT[text.charCodeAt(i)] === 1) i++;
  const spaced = reason === 13 || i === 12;
  return spaced && text.startsWith("\r\n", i) ? i : -1;
}

function responseLength(
  fields: Fields,
  seen: number,
  version: 10 | 11,
  status: number,
  requestMethod: string,
): number | ProtocolFailure {
  // Nothing of these fields is forwarded for these, so it does not matter what they say.
  if (status < 200 || status === 204 || status === 205) return 0;
  if (requestMethod === "CONNECT" && status < 300) return 0;
  const bodiless = requestMethod === "HEAD" || status === 304;
  if ((seen & (known.CONTENT_LENGTH | known.TRANSFER_ENCODING)) === 0) {
    return bodiless ? 0 : UNTIL_CLOSE;
  }
  // After HEAD the length is forwarded to the client: it has to be one even though no body follows.
  const declared = declaredLength(fields, version, "server");
  if (declared instanceof ProtocolFailure) return declared;
  return bodiless ? 0 : (declared ?? UNTIL_CLOSE);
}

/** Whether it begins with text that is not the protocol's name: what follows does not matter then. */
export function isNoStatusLine(line: string): boolean {
  for (let i = 0; i < STATUS_LINE.length && TEXT[line.charCodeAt(i)] === 1; i++) {
    if (line.charCodeAt(i) !== STATUS_LINE.charCodeAt(i)) return true;
  }
  return false;
}

/** The three digits after "HTTP/1.1 ", or 0. */
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

/** @param text the line, perhaps not to its end, and perhaps more */
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
