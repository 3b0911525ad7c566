// Makes the head of a request from its fields (RFC 9113 §8.3.1). What follows from the regular fields alone is kept and
// used again for the next request on the connection, as for HTTP/1.1.
import { declaredLength } from "../h1/framing.ts";
import type { RequestLimits } from "../h1/limits.ts";
import { listMembers, PASSED_ON } from "../message/connection.ts";
import { CHUNKED, RequestHead, RequestSection } from "../message/head.ts";
import { parseAuthority } from "../message/host.ts";
import { CONTENT_LENGTH, EXPECT, HOST } from "../message/known-names.ts";
import { resolveDotSegments } from "../message/path.ts";
import { ProtocolFailure } from "../message/protocol-failure.ts";
import { parseTarget } from "../message/target.ts";
import { isAll, TOKEN } from "../text/chars.ts";
import { quote, quoteAuthority } from "../text/quote.ts";
import type { H2Failure } from "./error-code.ts";
import { fieldsOf, type HeadFields, linesOf, malformed } from "./head-fields.ts";
import { HeaderField } from "./hpack/header-field.ts";
import type { SectionMemory } from "./section-memory.ts";

/** What can be wrong with a request: a fault that gets an answer, or one that only ends the stream. */
export type RequestFault = ProtocolFailure | H2Failure;

/** The parts of a request line. */
interface Line {
  readonly method: string;
  readonly target: string;
  readonly authority: string | undefined;
  readonly protocol: string | undefined;
}

/**
 * Returns the head of a request. `ends` says whether the request ends with its head. `memory` has the section of the last
 * request on the connection.
 */
export function requestHead(
  head: HeadFields,
  ends: boolean,
  limits: RequestLimits,
  memory: SectionMemory,
): RequestHead | RequestFault {
  const line = requestLine(head, limits);
  if (!("method" in line)) return line;
  let section: RequestSection | RequestFault | undefined = memory.recall(head, ends);
  if (section === undefined) {
    const host = hostOf(line.authority, head);
    if (typeof host !== "string") return host;
    section = sectionOf(head, host, ends, line.protocol);
    if (!(section instanceof RequestSection)) return section;
    memory.remember(head, ends, section);
  }
  const target = parseTarget(line.method, line.target);
  if (target instanceof ProtocolFailure) return target;
  const resolved = resolveDotSegments(target.target);
  if (resolved !== target.target && limits.dotSegments === "refuse") {
    const message = "The request target has dot segments, which are refused here";
    return new ProtocolFailure("dot-segments", 400, message);
  }
  return new RequestHead(line.method, resolved, target.path, section.host, section);
}

function requestLine(head: HeadFields, limits: RequestLimits): Line | RequestFault {
  if (head.malformed !== undefined) return head.malformed;
  if (head.pseudo(":status") !== undefined)
    return malformed("status-in-request", "A request with :status");
  const method = head.pseudo(":method") ?? "";
  const path = head.pseudo(":path");
  const scheme = head.pseudo(":scheme");
  const authority = head.pseudo(":authority");
  const protocol = head.pseudo(":protocol");
  if (!isAll(TOKEN, method)) return malformed("bad-method", ":method is missing or no token");
  if (head.excess !== undefined) return tooLarge(head.excess, limits);
  const plain = method === "CONNECT" && protocol === undefined;
  if (plain && (path !== undefined || scheme !== undefined || authority === undefined)) {
    return malformed("bad-connect", "CONNECT has :authority, and neither :scheme nor :path");
  }
  if (protocol !== undefined && method !== "CONNECT") {
    return malformed("bad-connect", ":protocol is for CONNECT only");
  }
  if (protocol !== undefined && !PASSED_ON.has(protocol.toLowerCase())) {
    const message = `The protocol ${quote(protocol)} is not passed on, websocket is`;
    return new ProtocolFailure("unknown-protocol", 501, message); // as RFC 9220 §3 asks of HTTP/3
  }
  const target = plain ? (authority as string) : path;
  if (target === undefined || target === "" || (!plain && scheme === undefined)) {
    return malformed("missing-pseudo-field", ":method, :scheme and :path are needed");
  }
  if (!plain && scheme !== "http" && scheme !== "https") {
    return new ProtocolFailure("bad-scheme", 400, `The scheme ${quote(scheme ?? "")} is not http`);
  }
  if (method.length + target.length > limits.requestLine) {
    const message = `Method and path are longer than ${limits.requestLine} bytes`;
    return new ProtocolFailure("request-line-too-long", 414, message);
  }
  if (!plain && !/^[/*]/.test(target)) return malformed("bad-path", ":path does not begin with /");
  // Extended CONNECT names a path, as GET does (RFC 8441 §4).
  return { method: protocol === undefined ? method : "GET", target, authority, protocol };
}

function tooLarge(excess: "size" | "count", limits: RequestLimits): ProtocolFailure {
  return excess === "size"
    ? new ProtocolFailure("head-too-large", 431, `The head is longer than ${limits.head} bytes`)
    : new ProtocolFailure("too-many-fields", 431, `More than ${limits.fields} field lines`);
}

/** Returns the authority in lower case. :authority and Host, where both are there, have to agree. */
function hostOf(authority: string | undefined, head: HeadFields): string | RequestFault {
  let host = authority;
  if ((head.kinds & HOST) !== 0) {
    for (const { kind, value } of head.list) {
      if ((kind & HOST) === 0) continue;
      if (host !== undefined && host.toLowerCase() !== value.toLowerCase()) {
        return malformed("differing-host", "Host differs from :authority, or from another Host");
      }
      host = value;
    }
  }
  if (host === undefined) {
    return new ProtocolFailure("missing-host", 400, "A request has to have :authority or Host");
  }
  const parsed = parseAuthority(host);
  if (parsed !== undefined && (authority === undefined || parsed !== "")) return parsed;
  const message = `The authority ${quoteAuthority(host)} is not host or host:port`;
  return new ProtocolFailure("bad-host", 400, message);
}

function sectionOf(
  head: HeadFields,
  host: string,
  ends: boolean,
  protocol: string | undefined,
): RequestSection | RequestFault {
  const tunnel = protocol !== undefined;
  if (tunnel && (ends || (head.kinds & CONTENT_LENGTH) !== 0)) {
    return malformed("bad-connect", "An extended CONNECT has no body, and its stream stays open");
  }
  const list = withHost(head, host);
  const text = linesOf(list);
  // What follows the head of an extended CONNECT is the tunnel's, and no body.
  const unknown = ends || tunnel ? 0 : CHUNKED;
  const open = (head.kinds & CONTENT_LENGTH) === 0 ? unknown : undefined;
  const upgrade = protocol?.toLowerCase();
  const fields = fieldsOf(list, text);
  let bodyLength = open ?? 0;
  if (open === undefined) {
    const declared = declaredLength(fields, 11, "client");
    if (declared instanceof ProtocolFailure) return declared;
    bodyLength = declared ?? 0;
    if (ends && bodyLength !== 0) {
      return malformed("short-body", `Content-Length is ${bodyLength}, and no body follows`);
    }
  }
  const expect = (head.kinds & EXPECT) !== 0 && listMembers(fields, "expect");
  const waits = expect !== false && expect.includes("100-continue") && !ends && !tunnel;
  const kinds = head.kinds | HOST;
  return new RequestSection(text, 20, fields, kinds, host, bodyLength, true, upgrade, waits);
}

/** Returns the fields with one Host in front, and with the cookies of all Cookie fields in one (§8.2.3). */
function withHost(head: HeadFields, host: string): readonly HeaderField[] {
  const list = [new HeaderField("host", host)];
  let cookie = -1;
  for (const field of head.list) {
    if ((field.kind & HOST) !== 0) continue;
    if (field.name !== "cookie") list.push(field);
    else if (cookie < 0) cookie = list.push(field) - 1;
    else {
      const joined = `${(list[cookie] as HeaderField).value}; ${field.value}`;
      list[cookie] = new HeaderField("cookie", joined);
    }
  }
  return list;
}
