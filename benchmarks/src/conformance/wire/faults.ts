// Finds what is wrong with a request that reached the origin. A proxy may pass on only requests that every server
// understands alike (RFC 9112 §11.2), so the bytes are checked strictly against the grammar.
import { type Message, valuesOf } from "./message.ts";

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const REQUEST_LINE = new RegExp(`^${TOKEN} [\\x21\\x22\\x24-\\x7e]+ HTTP/1\\.[01]$`);
const FIELD_LINE = new RegExp(`^${TOKEN}:[\\t\\x20-\\x7e\\x80-\\xff]*$`);

/** Returns the first fault of a request as a server received it, or undefined for a well-formed request. */
export function faultOf(request: Message): string | undefined {
  const lines = request.head.split("\r\n");
  if (lines.some((line) => /[\r\n\0]/.test(line))) return "bare CR, LF or NUL";
  const [start = "", ...fields] = lines.slice(0, -2);
  if (!REQUEST_LINE.test(start)) return "malformed request line";
  const odd = fields.find((line) => !FIELD_LINE.test(line));
  if (odd !== undefined) return "malformed field line";
  return hostFault(request) ?? framingFault(request) ?? request.fault;
}

function hostFault(request: Message): string | undefined {
  const hosts = valuesOf(request, "host");
  if (hosts.length > 1) return `${hosts.length} Host lines`;
  if (hosts.length === 0 && request.start.endsWith("1.1")) return "no Host on HTTP/1.1";
  return /[\s/@,]/.test(hosts[0] ?? "") ? "invalid Host" : undefined;
}

function framingFault(request: Message): string | undefined {
  const lengths = valuesOf(request, "content-length");
  const codings = valuesOf(request, "transfer-encoding");
  if (lengths.length > 0 && codings.length > 0) return "Content-Length and Transfer-Encoding";
  if (lengths.length > 1) return `${lengths.length} Content-Length lines`;
  if (lengths.some((value) => !/^\d{1,16}$/.test(value))) return "malformed Content-Length";
  if (codings.length > 1) return `${codings.length} Transfer-Encoding lines`;
  if (codings.some((value) => value.toLowerCase() !== "chunked")) return "odd Transfer-Encoding";
  return codings.length > 0 && request.start.endsWith("1.0") ? "chunked on HTTP/1.0" : undefined;
}
