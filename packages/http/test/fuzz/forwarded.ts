// Writes a parsed request or answer as a proxy does: hop-by-hop fields removed, the proxy's own fields added, the
// framing made from the parsed length. Every parser that reads these bytes has to find this message and no second one.
import {
  acceptsTrailers,
  addVia,
  afterTarget,
  CHUNKED,
  chunkHeader,
  DEFAULT_LIMITS,
  Fields,
  hasVia,
  LAST_CHUNK,
  lastChunk,
  requestFraming,
  setForwarded,
  stripFraming,
  stripHopByHop,
  writeRequestHead,
} from "../../src/index.ts";
import { ClientSession } from "../../src/session/index.ts";
import { isAll, TEXT } from "../../src/text/chars.ts";
import { type SeenAnswer, type SeenRequest, TIMES } from "../transcripts.ts";

const CLIENT = { clientAddress: "::1", clientPort: 2, scheme: "http", port: 80 } as const;

/** Returns the bytes for a server; undefined when a proxy refuses the request because of its hop-by-hop fields. */
export function forwardedRequest({ head, body, trailers }: SeenRequest): string | undefined {
  const fields = head.fields.copy();
  if (head.method === "CONNECT" || head.method === "TRACE" || hasVia(fields, "fuzz")) {
    return undefined;
  }
  if (head.bodyLength !== CHUNKED) fields.remove("trailer");
  const te = acceptsTrailers(fields);
  if (stripHopByHop(fields) !== undefined) return undefined;
  setForwarded(fields, { ...CLIENT, host: head.host, trusted: true });
  addVia(fields, head.version, "fuzz");
  stripFraming(fields);
  const host = head.host === "" ? "Host: fallback\r\n" : "";
  const options = [...(head.upgrade === undefined ? [] : ["upgrade"]), ...(te ? ["TE"] : [])];
  const connection = options.length === 0 ? "" : `Connection: ${options.join(", ")}\r\n`;
  const upgrade = head.upgrade === undefined ? "" : `Upgrade: ${head.upgrade}\r\n`;
  const lines = `${fields.lines()}${host}${te ? "TE: trailers\r\n" : ""}${connection}${upgrade}`;
  const framing = requestFraming(head.method, head.section.kinds, head.bodyLength);
  const text = writeRequestHead(head.method, head.target, afterTarget(lines), framing);
  if (head.bodyLength !== CHUNKED) return text + body;
  const chunk = body === "" ? "" : `${chunkHeader(body.length)}${body}\r\n`;
  return text + chunk + (trailers === undefined ? LAST_CHUNK : lastChunk(trailers));
}

/**
 * Returns the bytes that a client gets on one connection after two requests with `method`: the
 * answer, and a second answer whose body is `second`. Returns undefined when a proxy refuses the
 * answer because of its hop-by-hop fields.
 */
export function forwardedAnswer(
  { head, body, trailers }: SeenAnswer,
  method: string,
  second: string,
): string | undefined {
  const fields = head.fields.copy();
  if (stripHopByHop(fields, "server") !== undefined) return undefined;
  let written = "";
  let first = true;
  const session = new ClientSession(
    {
      ...{ destroyed: false, writableNeedDrain: false, writableLength: 0 },
      ...{
        cork() {},
        uncork() {},
        pause() {},
        resume() {},
        end() {},
        destroy() {},
        resetAndDestroy() {},
      },
      write(chunk: Buffer | string) {
        written += typeof chunk === "string" ? chunk : chunk.toString("latin1");
        return true;
      },
    },
    {
      request(exchange) {
        if (!first) exchange.answer(200, "OK", new Fields(), Buffer.from(second));
        else {
          first = false;
          exchange.respond(head.status, head.reason, fields, head.bodyLength);
          exchange.write(Buffer.from(body, "latin1"));
          exchange.end(trailers);
        }
      },
      refused() {},
      finished() {},
    },
    { ...TIMES, now: () => 0, wall: () => 0 },
    { ...DEFAULT_LIMITS, requestLine: 100, head: 100, fields: 9, body: undefined, bodyRate: 0 },
    { at: 0 },
  );
  const request = `${method} / HTTP/1.1\r\nHost: a\r\n\r\n`;
  session.receive(Buffer.from(request));
  session.receive(Buffer.from(request));
  return written;
}

/**
 * Returns the fault of a head that this file has written: more than one framing field, or a control byte. Returns
 * undefined when the head has no such fault.
 */
export function headFault(bytes: string): string | undefined {
  const lines = bytes.slice(0, bytes.indexOf("\r\n\r\n")).split("\r\n");
  if (!lines.every((line) => isAll(TEXT, line))) return "a control byte in a head we wrote";
  const named = (name: string) =>
    lines.filter((line) => line.toLowerCase().startsWith(`${name}:`)).length;
  const [lengths, codings] = [named("content-length"), named("transfer-encoding")];
  return lengths + codings > 1 ? "a head we wrote frames its body twice" : undefined;
}
