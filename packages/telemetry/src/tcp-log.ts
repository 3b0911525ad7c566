// Writes one line per connection of `mode: tcp`, in HAProxy's `option tcplog` format or as JSON. See the HAProxy
// configuration manual, section 8.2.2 "TCP log format".
import type { AccessRecord, TcpFacts } from "./access-record.ts";
import { CAPTURE_MAX, CAPTURE_UNSAFE, jsonString } from "./escape.ts";
import { connectionJson, putCause, putConnection, putLoad, putWay, utcTime } from "./line-parts.ts";
import type { Lines } from "./lines.ts";
import { MOST_PER_CHARACTER, putEscaped, putNumber, putText } from "./put.ts";

const SPACE = 0x20;
const SLASH = 0x2f;
const QUOTE = 0x22;

/** The most bytes of a line besides the configured names. The server name, the id and the cause are cut. */
const MOST_ELSE = 3 * CAPTURE_MAX * MOST_PER_CHARACTER + 1024;

/**
 * Writes HAProxy's tcplog line. After it follow ` sni="…"` when the client sent a server name, ` conn="…"` when the connection has
 * an id, and ` cause="…"` when it did not end in order. HAProxy's parsers stop reading before these.
 */
export function writeTcp(r: AccessRecord, tcp: TcpFacts, out: Lines): void {
  const names = r.frontend.length + r.backend.length + r.server.length;
  const bytes = out.room(MOST_ELSE + names * MOST_PER_CHARACTER);
  let at = putWay(bytes, out.length, r);
  at = putNumber(bytes, at, r.tw);
  bytes[at++] = SLASH;
  at = putNumber(bytes, at, r.tc);
  bytes[at++] = SLASH;
  at = putNumber(bytes, at, r.ta);
  bytes[at++] = SPACE;
  at = putNumber(bytes, at, r.bytes);
  bytes[at++] = SPACE;
  at = putLoad(bytes, at, r);
  if (tcp.serverName !== "") {
    at = putText(bytes, at, ' sni="');
    at = putEscaped(bytes, at, tcp.serverName, CAPTURE_UNSAFE, CAPTURE_MAX);
    bytes[at++] = QUOTE;
  }
  out.cut(putCause(bytes, putConnection(bytes, at, r), r.cause));
}

/** Writes the record of a TCP connection as one JSON object. Times are in UTC, and the order of fields is fixed. */
export function writeTcpJson(r: AccessRecord, tcp: TcpFacts, out: Lines): void {
  out.text(
    `{"time":"${utcTime(r.startedAt)}","client":${jsonString(r.clientAddress)},"port":${r.clientPort},` +
      `"frontend":${jsonString(r.frontend)},"tls":${r.tls},"backend":${jsonString(r.backend)},` +
      `"server":${jsonString(r.server)},"Tw":${r.tw},"Tc":${r.tc},"Tt":${r.ta},"bytes":${r.bytes},` +
      `"bytesReceived":${tcp.bytesReceived},"termination":${jsonString(r.termination)},` +
      `"actconn":${r.actconn},"feconn":${r.feconn},"beconn":${r.beconn},"srvconn":${r.srvconn},` +
      `"retries":${r.retries},"redispatched":${r.redispatched},"srvQueue":${r.srvQueue},` +
      `"backendQueue":${r.backendQueue},"sni":${jsonString(tcp.serverName)},"cause":${jsonString(r.cause)}${connectionJson(r)}}`,
  );
}
