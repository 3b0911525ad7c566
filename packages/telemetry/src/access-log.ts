// One line per exchange, in HAProxy's `option httplog` format or as JSON.
// HAProxy configuration manual, section 8.2.3 "HTTP log format" and 8.6 "Non-printable characters".
// Bargain: plain concatenation, and the date text is rebuilt once a second, so a line costs its own
// string and little more.
import { escapeCapture, escapeRequestLine, jsonString } from "./escape.ts";
import type { LogOptions } from "./options.ts";

/** What an access line says about one exchange. Timers are milliseconds; -1 = phase never reached. */
export interface AccessRecord {
  clientAddress: string;
  clientPort: number;
  /** Wall clock, milliseconds since 1970, when the first byte of the request arrived. */
  startedAt: number;
  frontend: string;
  tls: boolean;
  backend: string;
  /** `<NOSRV>` when no server was chosen. */
  server: string;
  /** TR: first byte to end of request headers. */
  tr: number;
  /** Tw: in the queue. */
  tw: number;
  /** Tc: connecting, retries included. */
  tc: number;
  /** Tr: connected to full response headers. */
  tResponse: number;
  /** Ta: first byte of the request to last byte of the response. */
  ta: number;
  /** -1 when no response was sent. */
  status: number;
  /** Bytes sent to the client, headers included. */
  bytes: number;
  /** HAProxy's four characters: who ended it, in which phase, cookie seen, cookie sent. */
  termination: string;
  actconn: number;
  feconn: number;
  beconn: number;
  srvconn: number;
  retries: number;
  redispatched: boolean;
  srvQueue: number;
  backendQueue: number;
  /** Empty when the request could not be parsed. */
  method: string;
  target: string;
  version: string;
  requestId: string;
  /** Why it did not end well, in plain words; empty when it did. */
  cause: string;
  host: string;
  userAgent: string;
}

/**
 * HAProxy's httplog line, with `{host|user agent}` as the captured request headers, then ` id=…` when
 * there is a request id and ` cause="…"` when the exchange did not end well. Both come after the
 * request line, where HAProxy's parsers have stopped reading. Times are in the local zone, as HAProxy's.
 */
export function formatHttp(r: AccessRecord): string {
  const request =
    r.method === "" ? "<BADREQ>" : escapeRequestLine(`${r.method} ${r.target} ${r.version}`);
  const agent = r.userAgent === "" ? "" : `|${escapeCapture(r.userAgent)}`;
  const id = r.requestId === "" ? "" : ` id=${escapeCapture(r.requestId)}`;
  const cause = r.cause === "" ? "" : ` cause="${escapeCapture(r.cause)}"`;
  return (
    `${r.clientAddress}:${r.clientPort} [${localTime(r.startedAt)}] ${r.frontend}${r.tls ? "~" : ""} ` +
    `${r.backend}/${r.server} ${r.tr}/${r.tw}/${r.tc}/${r.tResponse}/${r.ta} ${r.status} ${r.bytes} ` +
    `- - ${r.termination} ${r.actconn}/${r.feconn}/${r.beconn}/${r.srvconn}/` +
    `${r.redispatched ? "+" : ""}${r.retries} ${r.srvQueue}/${r.backendQueue} ` +
    `{${escapeCapture(r.host)}${agent}} {} "${request}"${id}${cause}`
  );
}

/** The same facts as one JSON object, time in UTC. Field order is fixed. */
export function formatJson(r: AccessRecord): string {
  return (
    `{"time":"${utcTime(r.startedAt)}","client":${jsonString(r.clientAddress)},"port":${r.clientPort},` +
    `"frontend":${jsonString(r.frontend)},"tls":${r.tls},"backend":${jsonString(r.backend)},` +
    `"server":${jsonString(r.server)},"TR":${r.tr},"Tw":${r.tw},"Tc":${r.tc},"Tr":${r.tResponse},` +
    `"Ta":${r.ta},"status":${r.status},"bytes":${r.bytes},"termination":${jsonString(r.termination)},` +
    `"actconn":${r.actconn},"feconn":${r.feconn},"beconn":${r.beconn},"srvconn":${r.srvconn},` +
    `"retries":${r.retries},"redispatched":${r.redispatched},"srvQueue":${r.srvQueue},` +
    `"backendQueue":${r.backendQueue},"method":${jsonString(r.method)},"target":${jsonString(r.target)},` +
    `"version":${jsonString(r.version)},"host":${jsonString(r.host)},` +
    `"userAgent":${jsonString(r.userAgent)},"id":${jsonString(r.requestId)},"cause":${jsonString(r.cause)}}`
  );
}

/** The function that writes lines in the format `log.accessFormat` asks for. */
export function accessFormatter(
  format: LogOptions["accessFormat"],
): (record: AccessRecord) => string {
  return format === "json" ? formatJson : formatHttp;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const twoDigits = (n: number): string => (n < 10 ? `0${n}` : `${n}`);
const threeDigits = (n: number): string => (n < 10 ? `00${n}` : n < 100 ? `0${n}` : `${n}`);

let localSecond = Number.NaN;
let localText = "";

/** `06/Feb/2009:12:14:14.655` in the zone of the machine. */
function localTime(wallMs: number): string {
  const second = Math.floor(wallMs / 1000);
  if (second !== localSecond) {
    const d = new Date(second * 1000);
    localSecond = second;
    localText =
      `${twoDigits(d.getDate())}/${MONTHS[d.getMonth()]}/${d.getFullYear()}:` +
      `${twoDigits(d.getHours())}:${twoDigits(d.getMinutes())}:${twoDigits(d.getSeconds())}.`;
  }
  return localText + threeDigits(Math.floor(wallMs) - second * 1000);
}

let utcSecond = Number.NaN;
let utcText = "";

/** `2009-02-06T12:14:14.655Z`. */
function utcTime(wallMs: number): string {
  const second = Math.floor(wallMs / 1000);
  if (second !== utcSecond) {
    utcSecond = second;
    utcText = new Date(second * 1000).toISOString().slice(0, -4);
  }
  return `${utcText}${threeDigits(Math.floor(wallMs) - second * 1000)}Z`;
}
