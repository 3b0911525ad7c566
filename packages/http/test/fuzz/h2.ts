// Checks that have to pass for all bytes that a peer of HTTP/2 may send. Each check returns the fault that it found, or
// undefined.
import { DEFAULT_LIMITS, parseRequestHead, RequestHead } from "../../src/index.ts";

import type { H2Input } from "./h2-mutations.ts";
import { difference } from "./requests.ts";

/** An input, and where its bytes are cut when they are delivered in two pieces. */
export interface CutInput extends H2Input {
  readonly cut: number;
}

interface Seen {
  readonly events: readonly string[];
  readonly heads: readonly RequestHead[];
  readonly open: number;
}

const ROOMY = { ...DEFAULT_LIMITS, requestLine: 1e5, head: 1e6, fields: 1e4 };

/** Gives the bytes to a new connection in pieces of `size` bytes, the first one of `first` bytes. */
function give({ bytes, open }: H2Input, first: number, size: number): Seen {
  const { connection, events, frames, heads } = open();
  let from = 0;
  for (let to = Math.min(first, bytes.length); from < bytes.length; to += size) {
    const piece = Buffer.from(bytes.subarray(from, to));
    connection.receive(piece, 0);
    connection.flush();
    piece.fill(0); // as the next read would
    from = to;
  }
  // Room is given back by bytes that were used, so where the bytes were cut changes when that is.
  const written = frames().filter((line) => !line.startsWith("WINDOW_UPDATE"));
  return { events: [...events, ...written], heads, open: connection.streams.size };
}

/** Resolves to the fault that was found, or undefined. */
export async function h2Fault(input: CutInput): Promise<string | undefined> {
  try {
    const { length } = input.bytes;
    const whole = give(input, length, length);
    const twice = give(input, Math.min(input.cut, length), length);
    const single = give(input, 1, length > 4_000 ? 97 : 1);
    const fault = difference(whole.events, twice.events) ?? difference(whole.events, single.events);
    if (fault !== undefined) return `the pieces make a difference: ${fault}`;
    return endFault(whole.events) ?? whole.heads.map(forwardFault).find((found) => found);
  } catch (error) {
    return `it threw: ${error instanceof Error ? error.stack : error}`;
  }
}

/** A connection that is over reports nothing more, and its last frame says why. */
function endFault(events: readonly string[]): string | undefined {
  const over = events.findIndex((event) => event.startsWith("over "));
  if (over < 0) return undefined;
  const last = events.at(-1) ?? "";
  if (!last.startsWith("GOAWAY ")) return `the last frame of a connection was ${last}`;
  const later = events
    .slice(over + 1)
    .find((event) => /^(request|answer|data|end|over) /.test(event));
  return later === undefined ? undefined : `'${later}' came behind the end of the connection`;
}

/** A request goes on over HTTP/1.1, where it has to be the same one request. */
function forwardFault({
  method,
  target,
  fields,
  bodyLength,
  path,
}: RequestHead): string | undefined {
  const text = `${method} ${target} HTTP/1.1\r\n${fields.lines()}`;
  const head = parseRequestHead(text, ROOMY);
  if (!(head instanceof RequestHead)) {
    return `our parser refuses the request as HTTP/1.1: ${head.message} ${JSON.stringify(text)}`;
  }
  if (head.path !== path || head.method !== method) return `another request is read: ${text}`;
  if (head.bodyLength > 0 && head.bodyLength !== bodyLength) return `another length: ${text}`;
  return text.split("\r\n").length === fields.length + 2 ? undefined : `more lines: ${text}`;
}

/** Returns an input as a vector; see test/vectors/h2/README.md. */
export function asVector(bytes: Buffer): string {
  return `bytes ${bytes.toString("hex")}`;
}
