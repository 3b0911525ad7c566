// A request head (RFC 9112 3, RFC 9110 7.2): request line, fields, then the checks that decide where the
// request goes and where it ends. Hot: about one pass over the text; whatever is refused is looked at
// again in cold functions that find the words.
import { isAll, TOKEN } from "../chars.ts";
import { askedUpgrade, asksKeepAlive } from "../message/connection.ts";
import { Fields } from "../message/fields.ts";
import { type HttpVersion, RequestHead } from "../message/head.ts";
import { parseAuthority } from "../message/host.ts";
import { canonicalOriginForm, parseTarget } from "../message/target.ts";
import { badByte } from "./bad-byte.ts";
import { ProtocolFailure, quote, quoteAuthority } from "./errors.ts";
import { declaredLength } from "./framing.ts";
import * as known from "./known-names.ts";
import type { HeadLimits } from "./limits.ts";
import { parseFields } from "./parse-fields.ts";
import { parseVersion } from "./version.ts";

/**
 * Reads a head as HeadReader gives it: every line with its CRLF, no empty line. The result is a head
 * that may be acted on as it stands, or the refusal to answer with before closing.
 */
export function parseRequestHead(text: string, limits: HeadLimits): RequestHead | ProtocolFailure {
  let i = 0;
  while (i < text.length && TOKEN[text.charCodeAt(i)] === 1) i++;
  const space = text.indexOf(" ", i + 1);
  const lineEnd = space + 9;
  const version = parseVersion(text, space + 1);
  // A target with a space or line end in it puts `space` elsewhere, and then the rest is no version.
  if (
    i === 0 ||
    text.charCodeAt(i) !== 0x20 ||
    version === 0 ||
    !text.startsWith("\r\n", lineEnd)
  ) {
    return refuseRequestLine(text, limits);
  }
  if (lineEnd > limits.requestLine || text.length > limits.head) return refuseSize(text, limits);

  const target = text.slice(i + 1, space);
  const path = canonicalOriginForm(target);
  if (path === undefined && (badByte(text, "client") !== undefined || target.includes("\r"))) {
    return refuseRequestLine(text, limits);
  }

  const fields = new Fields();
  const seen = parseFields(text, lineEnd + 2, fields, limits.fields, "client");
  if (typeof seen !== "number") return seen;
  return complete(text, text.slice(0, i), target, path, version, fields, seen);
}

function complete(
  text: string,
  method: string,
  target: string,
  originForm: string | undefined,
  version: HttpVersion,
  fields: Fields,
  seen: number,
): RequestHead | ProtocolFailure {
  let host = "";
  if ((seen & known.HOST) !== 0) {
    const checked = checkHost(fields);
    if (typeof checked !== "string") return checked;
    host = checked;
  } else if (version === 11) {
    return new ProtocolFailure("missing-host", 400, "An HTTP/1.1 request has to have a Host");
  }

  let path = originForm;
  if (path === undefined || method === "CONNECT") {
    const parsed = parseTarget(method, target);
    if (parsed instanceof ProtocolFailure) return parsed;
    path = parsed.path;
    if (parsed.authority !== "") {
      host = parsed.authority;
      fields.set("Host", host);
    }
  }

  let bodyLength = 0;
  if ((seen & (known.CONTENT_LENGTH | known.TRANSFER_ENCODING)) !== 0) {
    const declared = declaredLength(text, fields, version, "client");
    if (declared instanceof ProtocolFailure) return declared;
    bodyLength = declared ?? 0;
  }
  const keepAlive =
    (seen & known.CONNECTION) === 0 ? version === 11 : asksKeepAlive(fields, version);
  // A body before a protocol switch is read differently from server to server: then no switch.
  const upgrade =
    (seen & known.UPGRADE) !== 0 && version === 11 && bodyLength === 0
      ? askedUpgrade(fields)
      : undefined;
  const expectContinue =
    (seen & known.EXPECT) !== 0 &&
    version === 11 &&
    fields.get("expect")?.toLowerCase() === "100-continue";
  return new RequestHead(
    method,
    target,
    version,
    fields,
    host,
    path,
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

/** Cold: finds out what is wrong with the request line. */
function refuseRequestLine(text: string, limits: HeadLimits): ProtocolFailure {
  const worse = badByte(text, "client");
  if (worse !== undefined) return worse;
  const line = text.slice(0, Math.max(text.indexOf("\r\n"), 0));
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
