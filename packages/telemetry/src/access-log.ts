// Writes one line per exchange, in HAProxy's `option httplog` format or as JSON. See the HAProxy configuration
// manual, section 8.2.3 "HTTP log format" and 8.6 "Non-printable characters". To save time, bytes are written one by
// one, and the text of the date is made only once a second. So formatting a line costs little more than copying its
// bytes.
import type { AccessRecord } from "./access-record.ts";
import {
  CAPTURE_MAX,
  CAPTURE_UNSAFE,
  jsonString,
  REQUEST_LINE_MAX,
  REQUEST_UNSAFE,
} from "./escape.ts";
import {
  connectionJson,
  putCause,
  putConnection,
  putFour,
  putLoad,
  putWay,
  utcTime,
} from "./line-parts.ts";
import type { LineFormat, Lines } from "./lines.ts";
import type { LogOptions } from "./options.ts";
import { MOST_PER_CHARACTER, putEscaped, putNumber, putText } from "./put.ts";
import { writeTcp, writeTcpJson } from "./tcp-log.ts";

const SPACE = 0x20;
const BAR = 0x7c;
const QUOTE = 0x22;

/**
 * The most bytes that the texts of clients take in one line. These texts are cut, so the size of a line is limited
 * whatever a client sends.
 */
const MOST_CAPTURED = (2 * REQUEST_LINE_MAX + 6 * CAPTURE_MAX) * MOST_PER_CHARACTER;
const MOST_ELSE = 1024;

/**
 * Writes HAProxy's httplog line, with `{host|user agent}` as the captured request headers. After
 * the request line follow ` id=…` when there is a request id, ` cert="…"` when the client showed a certificate,
 * ` conn="…"` when the client's connection has an id, and
 * ` cause="…"` when the exchange failed. HAProxy's parsers stop reading at the end of the request line. Times are in the local
 * zone, as in HAProxy's lines.
 */
export function writeHttp(r: AccessRecord, out: Lines): void {
  const names = r.frontend.length + r.backend.length + r.server.length;
  const bytes = out.room(MOST_CAPTURED + MOST_ELSE + names * MOST_PER_CHARACTER);
  let at = putWay(bytes, out.length, r);
  at = putFour(bytes, at, r.tr, r.tw, r.tc, r.tResponse);
  at = putNumber(bytes, at, r.ta);
  bytes[at++] = SPACE;
  at = putNumber(bytes, at, r.status);
  bytes[at++] = SPACE;
  at = putNumber(bytes, at, r.bytes);
  at = putText(bytes, at, " - - ");
  at = putLoad(bytes, at, r);
  at = putCaptures(bytes, at, r);
  out.cut(putRequest(bytes, at, r));
}

function putCaptures(bytes: Buffer, at: number, { host, userAgent }: AccessRecord): number {
  let next = putText(bytes, at, " {");
  next = putEscaped(bytes, next, host, CAPTURE_UNSAFE, CAPTURE_MAX);
  if (userAgent !== "") {
    bytes[next++] = BAR;
    next = putEscaped(bytes, next, userAgent, CAPTURE_UNSAFE, CAPTURE_MAX);
  }
  return putText(bytes, next, "} {} ");
}

function putRequest(bytes: Buffer, at: number, r: AccessRecord): number {
  let next = at;
  if (r.method === "") next = putText(bytes, next, '"<BADREQ>"');
  else {
    bytes[next++] = QUOTE;
    next = putEscaped(bytes, next, r.method, REQUEST_UNSAFE, REQUEST_LINE_MAX);
    bytes[next++] = SPACE;
    next = putEscaped(bytes, next, r.target, REQUEST_UNSAFE, REQUEST_LINE_MAX);
    bytes[next++] = SPACE;
    next = putText(bytes, next, r.version);
    bytes[next++] = QUOTE;
  }
  if (r.requestId !== "") {
    next = putText(bytes, next, " id=");
    next = putEscaped(bytes, next, r.requestId, CAPTURE_UNSAFE, CAPTURE_MAX);
  }
  if (r.clientCertificate) {
    next = putText(bytes, next, ' cert="');
    next = putEscaped(bytes, next, r.clientCertificate, CAPTURE_UNSAFE, CAPTURE_MAX);
    bytes[next++] = QUOTE;
  }
  return putCause(bytes, putConnection(bytes, next, r), r.cause);
}

/**
 * Writes an access record as one JSON object. Times are in UTC, and the order of fields is fixed.
 */
export function writeJson(r: AccessRecord, out: Lines): void {
  out.text(
    `{"time":"${utcTime(r.startedAt)}","client":${jsonString(r.clientAddress)},"port":${r.clientPort},` +
      `"frontend":${jsonString(r.frontend)},"tls":${r.tls},"backend":${jsonString(r.backend)},` +
      `"server":${jsonString(r.server)},"TR":${r.tr},"Tw":${r.tw},"Tc":${r.tc},"Tr":${r.tResponse},` +
      `"Ta":${r.ta},"status":${r.status},"bytes":${r.bytes},"termination":${jsonString(r.termination)},` +
      `"actconn":${r.actconn},"feconn":${r.feconn},"beconn":${r.beconn},"srvconn":${r.srvconn},` +
      `"retries":${r.retries},"redispatched":${r.redispatched},"srvQueue":${r.srvQueue},` +
      `"backendQueue":${r.backendQueue},"method":${jsonString(r.method)},"target":${jsonString(r.target)},` +
      `"version":${jsonString(r.version)},"host":${jsonString(r.host)},` +
      `"userAgent":${jsonString(r.userAgent)},"id":${jsonString(r.requestId)},"cause":${jsonString(r.cause)}` +
      (r.clientCertificate ? `,"clientCertificate":${jsonString(r.clientCertificate)}` : "") +
      `${connectionJson(r)}}`,
  );
}

/** Returns the function that writes lines in the format of `log.accessFormat`. */
export function accessFormatter(format: LogOptions["accessFormat"]): LineFormat<AccessRecord> {
  return format === "json" ? writeJsonLine : writeLine;
}

function writeLine(record: AccessRecord, out: Lines): void {
  if (record.tcp === undefined) writeHttp(record, out);
  else writeTcp(record, record.tcp, out);
}

function writeJsonLine(record: AccessRecord, out: Lines): void {
  if (record.tcp === undefined) writeJson(record, out);
  else writeTcpJson(record, record.tcp, out);
}
