// Parses a request head (RFC 9112 3, RFC 9110 7.2): request line, fields, then the checks that decide where
// the request goes and where its body ends. It is on the hot path and takes about one pass over the text. A
// head that is refused is read again by functions off the hot path, which find the reason.
import { askedUpgrade, asksKeepAlive, listMembers } from "../message/connection.ts";
import { Fields } from "../message/fields.ts";
import { type HttpVersion, RequestHead, RequestSection } from "../message/head.ts";
import { parseAuthority } from "../message/host.ts";
import * as known from "../message/known-names.ts";
import { resolveDotSegments } from "../message/path.ts";
import { ProtocolFailure } from "../message/protocol-failure.ts";
import { normalOriginForm, parseTarget } from "../message/target.ts";
import { isAll, SP, TOKEN } from "../text/chars.ts";
import { quote, quoteAuthority } from "../text/quote.ts";
import { badByte } from "./bad-byte.ts";
import { declaredLength } from "./framing.ts";
import type { HeadLimits, RequestLimits } from "./limits.ts";
import { parseFields } from "./parse-fields.ts";
import { parseVersion } from "./version.ts";

/**
 * Parses a head as HeadReader gives it: every line with its CRLF, without the empty line. Returns the checked head, or
 * the refusal. The client gets the status of the refusal, and then the connection is closed.
 */
export function parseRequestHead(
  text: string,
  limits: RequestLimits,
): RequestHead | ProtocolFailure {
  const lineEnd = text.indexOf("\r\n");
  return lineEnd < 0
    ? parseRequest(text, "", limits, undefined)
    : parseRequest(text.slice(0, lineEnd), text.slice(lineEnd + 2), limits, undefined);
}

/**
 * Parses a head that is given in two parts: the request line without its CRLF, and the field lines.
 * `before` is the RequestSection of an earlier request on the connection. That RequestSection is
 * used again when its text equals `section`, so that the field lines need not be parsed again.
 */
export function parseRequest(
  line: string,
  section: string,
  limits: RequestLimits,
  before: RequestSection | undefined,
): RequestHead | ProtocolFailure {
  const i = endOfMethod(line);
  const space = line.indexOf(" ", i + 1);
  const version = versionOf(line, i, space);
  if (version === 0) return refuseRequestLine(line, limits);
  if (line.length > limits.requestLine || line.length + 2 + section.length > limits.head) {
    return refuseSize(`${line}\r\n${section}`, limits);
  }

  const target = line.slice(i + 1, space);
  const path = normalOriginForm(target);
  if (path === undefined) {
    const worse = badByte(`${line}\r\n${section}`, "client");
    if (worse !== undefined) return worse;
    if (target.includes("\r")) return refuseRequestLine(line, limits);
  }
  const method = line.slice(0, i);
  const parsed =
    before !== undefined && before.version === version && before.text === section
      ? before
      : parseSection(section, version, limits);
  if (parsed instanceof ProtocolFailure) return parsed;
  return path !== target || method === "CONNECT"
    ? withOtherTarget(method, target, path, parsed, limits)
    : new RequestHead(method, target, path, parsed.host, parsed);
}

/** Returns the reason why a request line is invalid; undefined when it is valid. */
export function refusedLine(line: string, limits: HeadLimits): ProtocolFailure | undefined {
  const method = endOfMethod(line);
  return versionOf(line, method, line.indexOf(" ", method + 1)) === 0
    ? refuseRequestLine(line, limits)
    : undefined;
}

function endOfMethod(line: string): number {
  let i = 0;
  while (i < line.length && TOKEN[line.charCodeAt(i)] === 1) i++;
  return i;
}

/**
 * Returns the version in a request line, or 0 when the line is invalid. In `GET / HTTP/1.1`,
 * `method` is 3, the end of the method, and `space` is 5, the second space. If the target contains
 * a space, no version follows the second space, so the line is invalid.
 */
function versionOf(line: string, method: number, space: number): HttpVersion | 0 {
  const version = parseVersion(line, space + 1);
  const whole = method > 0 && line.charCodeAt(method) === SP && space + 9 === line.length;
  return whole ? version : 0;
}

/**
 * Makes the head of a request whose target has absolute, authority or asterisk form, or whose path is not in normal
 * form. An authority in the target takes precedence over Host (RFC 9112 3.2.2).
 */
function withOtherTarget(
  method: string,
  received: string,
  normal: string | undefined,
  section: RequestSection,
  limits: RequestLimits,
): RequestHead | ProtocolFailure {
  const parsed =
    normal === undefined || method === "CONNECT"
      ? parseTarget(method, received)
      : { authority: "", target: received, path: normal };
  if (parsed instanceof ProtocolFailure) return parsed;
  const { authority, path } = parsed;
  const target = resolveDotSegments(parsed.target);
  if (target !== parsed.target && limits.dotSegments === "refuse") {
    const message = "The request target has dot segments, which are refused here";
    return new ProtocolFailure("dot-segments", 400, message);
  }
  if (authority === "") return new RequestHead(method, target, path, section.host, section);
  const head = new RequestHead(method, target, path, authority, section);
  head.editableFields.set("Host", authority);
  return head;
}

function parseSection(
  text: string,
  version: HttpVersion,
  limits: HeadLimits,
): RequestSection | ProtocolFailure {
  const fields = new Fields(text);
  const seen = parseFields(text, 0, fields, limits.fields, "client");
  if (typeof seen !== "number") return seen;
  let host = "";
  if ((seen & known.HOST) !== 0) {
    const checked = checkHost(fields);
    if (typeof checked !== "string") return checked;
    host = checked;
  } else if (version === 11) {
    return new ProtocolFailure("missing-host", 400, "An HTTP/1.1 request has to have a Host");
  }

  let bodyLength = 0;
  if ((seen & (known.CONTENT_LENGTH | known.TRANSFER_ENCODING)) !== 0) {
    const declared = declaredLength(fields, version, "client");
    if (declared instanceof ProtocolFailure) return declared;
    bodyLength = declared ?? 0;
  }
  const keepAlive =
    (seen & known.CONNECTION) === 0 ? version === 11 : asksKeepAlive(fields, version);
  // Servers differ in how they read a body before a protocol switch. So a request with a body cannot switch protocols.
  const upgrade =
    (seen & known.UPGRADE) !== 0 && version === 11 && bodyLength === 0
      ? askedUpgrade(fields)
      : undefined;
  const expectContinue =
    (seen & known.EXPECT) !== 0 &&
    version === 11 &&
    listMembers(fields, "expect").includes("100-continue");
  return new RequestSection(
    text,
    version,
    fields,
    seen,
    host,
    bodyLength,
    keepAlive,
    upgrade,
    expectContinue,
  );
}

function checkHost(fields: Fields): string | ProtocolFailure {
  if (fields.count("host") > 1) {
    return new ProtocolFailure("duplicate-host", 400, "More than one Host");
  }
  const value = fields.get("host") ?? "";
  const host = parseAuthority(value);
  if (host !== undefined) return host;
  return new ProtocolFailure(
    "bad-host",
    400,
    `Host ${quoteAuthority(value)} is not host or host:port`,
  );
}

function refuseSize(text: string, limits: HeadLimits): ProtocolFailure {
  const worse = badByte(text, "client");
  if (worse !== undefined) return worse;
  if (text.indexOf("\r\n") > limits.requestLine) {
    const message = `The request line is longer than ${limits.requestLine} bytes`;
    return new ProtocolFailure("request-line-too-long", 414, message);
  }
  return new ProtocolFailure("head-too-large", 431, `The head is longer than ${limits.head} bytes`);
}

/** Returns the refusal that says what is wrong with an invalid request line. It is not on the hot path. */
function refuseRequestLine(line: string, limits: HeadLimits): ProtocolFailure {
  const text = `${line}\r\n`;
  const worse = badByte(text, "client");
  if (worse !== undefined) return worse;
  if (line.length > limits.requestLine) return refuseSize(text, limits);
  const parts = line.split(" ");
  const [method = "", , version = ""] = parts;
  const refuse = (code: string, message: string) => new ProtocolFailure(code, 400, message);
  if (!isAll(TOKEN, method)) {
    return refuse("bad-method", `The request line does not begin with a method: ${quote(method)}`);
  }
  if (parts.length === 2 && parts[1] !== "") {
    return refuse(
      "missing-version",
      "A request line without a version: HTTP/0.9 is not spoken here",
    );
  }
  if (parts.length !== 3 || parts[1] === "") {
    return refuse(
      "bad-request-line",
      "The request line is not method, one space, target, one space, version",
    );
  }
  if (/^HTTP\/\d\.\d$/.test(version)) {
    const message = `${version} is not spoken here, HTTP/1.1 and HTTP/1.0 are`;
    return new ProtocolFailure("unsupported-version", 505, message);
  }
  return refuse("bad-version", `${quote(version)} is not an HTTP version`);
}
