// Writes the parts that the access lines of HTTP and of TCP have in common.
import type { AccessRecord } from "./access-record.ts";
import { CAPTURE_MAX, CAPTURE_UNSAFE, jsonString } from "./escape.ts";
import { putEscaped, putNumber, putText } from "./put.ts";

const SPACE = 0x20;
const SLASH = 0x2f;
const COLON = 0x3a;
const QUOTE = 0x22;

/** Writes the client, the time of the start, the frontend, the backend and the server, and a space after them. */
export function putWay(bytes: Buffer, at: number, r: AccessRecord): number {
  let next = putText(bytes, at, r.clientAddress);
  bytes[next++] = COLON;
  next = putNumber(bytes, next, r.clientPort);
  next = putText(bytes, next, " [");
  next = putLocalTime(bytes, next, r.startedAt);
  next = putText(bytes, next, "] ");
  next = putText(bytes, next, r.frontend);
  next = putText(bytes, next, r.tls ? "~ " : " ");
  next = putText(bytes, next, r.backend);
  bytes[next++] = SLASH;
  next = putText(bytes, next, r.server);
  bytes[next++] = SPACE;
  return next;
}

/** Writes the termination state, the numbers of connections and retries, and the queues. */
export function putLoad(bytes: Buffer, at: number, r: AccessRecord): number {
  let next = putText(bytes, at, r.termination);
  bytes[next++] = SPACE;
  next = putFour(bytes, next, r.actconn, r.feconn, r.beconn, r.srvconn);
  next = putText(bytes, next, r.redispatched ? "+" : "");
  next = putNumber(bytes, next, r.retries);
  bytes[next++] = SPACE;
  next = putNumber(bytes, next, r.srvQueue);
  bytes[next++] = SLASH;
  return putNumber(bytes, next, r.backendQueue);
}

/** Writes four numbers, each followed by a slash. */
export function putFour(
  bytes: Buffer,
  at: number,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  let next = putNumber(bytes, at, a);
  bytes[next++] = SLASH;
  next = putNumber(bytes, next, b);
  bytes[next++] = SLASH;
  next = putNumber(bytes, next, c);
  bytes[next++] = SLASH;
  next = putNumber(bytes, next, d);
  bytes[next++] = SLASH;
  return next;
}

/** Writes ` cause="…"`; nothing when the exchange did not fail. */
export function putCause(bytes: Buffer, at: number, cause: string): number {
  if (cause === "") return at;
  let next = putText(bytes, at, ' cause="');
  next = putEscaped(bytes, next, cause, CAPTURE_UNSAFE, CAPTURE_MAX);
  bytes[next++] = QUOTE;
  return next;
}

/** Writes the id of the client's connection, if it has one. */
export function putConnection(bytes: Buffer, at: number, { connectionId }: AccessRecord): number {
  if (!connectionId) return at;
  let next = putText(bytes, at, ' conn="');
  next = putEscaped(bytes, next, connectionId, CAPTURE_UNSAFE, CAPTURE_MAX);
  bytes[next++] = QUOTE;
  return next;
}

/** Returns the last key of a JSON line: the id of the client's connection, if it has one. */
export function connectionJson({ connectionId }: AccessRecord): string {
  return connectionId ? `,"connection":${jsonString(connectionId)}` : "";
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const twoDigits = (n: number): string => (n < 10 ? `0${n}` : `${n}`);
const threeDigits = (n: number): string => (n < 10 ? `00${n}` : n < 100 ? `0${n}` : `${n}`);

let localSecond = Number.NaN;
let localText = "";

/** Writes a time such as `06/Feb/2009:12:14:14.655` in the zone of the machine. */
function putLocalTime(bytes: Buffer, at: number, wallMs: number): number {
  const second = Math.floor(wallMs / 1000);
  if (second !== localSecond) {
    const d = new Date(second * 1000);
    localSecond = second;
    localText =
      `${twoDigits(d.getDate())}/${MONTHS[d.getMonth()]}/${d.getFullYear()}:` +
      `${twoDigits(d.getHours())}:${twoDigits(d.getMinutes())}:${twoDigits(d.getSeconds())}.`;
  }
  const ms = Math.floor(wallMs) - second * 1000;
  const next = putText(bytes, at, localText);
  return putNumber(bytes, putText(bytes, next, ms < 10 ? "00" : ms < 100 ? "0" : ""), ms);
}

let utcSecond = Number.NaN;
let utcText = "";

/** Returns a time such as `2009-02-06T12:14:14.655Z`. */
export function utcTime(wallMs: number): string {
  const second = Math.floor(wallMs / 1000);
  if (second !== utcSecond) {
    utcSecond = second;
    utcText = new Date(second * 1000).toISOString().slice(0, -4);
  }
  return `${utcText}${threeDigits(Math.floor(wallMs) - second * 1000)}Z`;
}
