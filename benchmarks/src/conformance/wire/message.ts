// Reads HTTP/1.1 messages out of the bytes that the client and the origin of a case received (RFC
// 9112 §6, §7.1). This reader shares no code with any proxy under test. It continues where a strict
// reader would stop, so that it finds all bytes that a careless server would take for a request.

/** Field lines in order, with names as the sender spelt them. */
export type FieldLines = readonly (readonly [name: string, value: string])[];

export interface Message {
  /** The start line without its line end. */
  readonly start: string;
  readonly fields: FieldLines;
  readonly body: string;
  readonly trailers: FieldLines;
  readonly framing: "none" | "length" | "chunked" | "until-close";
  readonly complete: boolean;
  /** The bytes of the start line and the fields, with the empty line. */
  readonly head: string;
  /** The fault in the framing of the body, in words; undefined when there is none. */
  readonly fault: string | undefined;
  /** How many bytes the message has, body included. */
  readonly length: number;
}

interface Body {
  readonly body: string;
  readonly trailers: FieldLines;
  readonly complete: boolean;
  readonly length: number;
  readonly fault: string | undefined;
}

/** Returns the value of every field line with that name, in order. */
export function valuesOf(
  { fields }: { readonly fields: FieldLines },
  name: string,
): readonly string[] {
  return fields
    .filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
}

/** Returns the status of a response; 0 when the message is no response. */
export function statusOf({ start }: Message): number {
  return Number(/^HTTP\/\d\.\d (\d{3})/.exec(start)?.[1] ?? 0);
}

/** Reads the requests in the bytes that a server received. */
export function readRequests(text: string): readonly Message[] {
  return readAll(text, () => false, false);
}

/**
 * Reads the responses in the bytes that a client received. `methods` are the methods of the
 * client's requests; a missing method counts as GET. `ended` says whether the connection has ended:
 * only then is a body without Content-Length and without chunks complete.
 */
export function readResponses(
  text: string,
  methods: readonly string[],
  ended: boolean,
): readonly Message[] {
  let answered = 0;
  const bodiless = (status: number): boolean => {
    const method = methods[answered] ?? "GET";
    if (status >= 200) answered++;
    return method === "HEAD" || status < 200 || status === 204 || status === 304;
  };
  return readAll(text, bodiless, ended);
}

function readAll(
  text: string,
  bodiless: (status: number) => boolean,
  ended: boolean,
): readonly Message[] {
  const messages: Message[] = [];
  let at = 0;
  while (at < text.length) {
    const message = readMessage(text.slice(at), bodiless, ended);
    if (message === undefined) break;
    messages.push(message);
    at += message.length;
    if (!message.complete || statusOf(message) === 101) break;
  }
  return messages;
}

function readMessage(
  text: string,
  bodiless: (status: number) => boolean,
  ended: boolean,
): Message | undefined {
  const end = /\r?\n\r?\n/.exec(text);
  if (end === null) return undefined;
  const headLength = end.index + end[0].length;
  const [start = "", ...lines] = text.slice(0, end.index).split(/\r?\n/);
  const head = text.slice(0, headLength);
  const fields = fieldLines(lines);
  const rest = text.slice(headLength);
  const isResponse = start.startsWith("HTTP/");
  const status = Number(/^HTTP\/\d\.\d (\d{3})/.exec(start)?.[1] ?? 0);
  const framing = isResponse && bodiless(status) ? "none" : framingOf(fields, isResponse);
  const body = BODIES[framing](rest, fields, ended);
  return { start, fields, head, framing, ...body, length: headLength + body.length };
}

function fieldLines(lines: readonly string[]): FieldLines {
  return lines.map((line) => {
    const colon = line.indexOf(":");
    return colon < 0
      ? ([line, ""] as const)
      : ([line.slice(0, colon), line.slice(colon + 1).trim()] as const);
  });
}

function framingOf(fields: FieldLines, isResponse: boolean): Message["framing"] {
  if (/chunked/i.test(valuesOf({ fields }, "transfer-encoding").join(","))) return "chunked";
  if (valuesOf({ fields }, "content-length").length > 0) return "length";
  return isResponse ? "until-close" : "none";
}

const BODIES: Readonly<
  Record<Message["framing"], (rest: string, fields: FieldLines, ended: boolean) => Body>
> = {
  none: () => ({ body: "", trailers: [], complete: true, length: 0, fault: undefined }),
  length(rest, fields) {
    const wanted = Number.parseInt(valuesOf({ fields }, "content-length")[0] ?? "", 10) || 0;
    const body = rest.slice(0, wanted);
    const complete = body.length === wanted;
    return { body, trailers: [], complete, length: body.length, fault: undefined };
  },
  chunked: readChunked,
  "until-close": (rest, _fields, ended) => ({
    body: rest,
    trailers: [],
    complete: ended,
    length: rest.length,
    fault: undefined,
  }),
};

function readChunked(rest: string): Body {
  let body = "";
  let at = 0;
  const stop = (fault: string | undefined): Body => ({
    body,
    trailers: [],
    complete: false,
    length: rest.length,
    fault,
  });
  for (;;) {
    const lineEnd = rest.indexOf("\r\n", at);
    if (lineEnd < 0) return stop(undefined);
    const line = rest.slice(at, lineEnd);
    if (!/^[0-9A-Fa-f]{1,15}([ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/.test(line))
      return stop("bad chunk line");
    const size = Number.parseInt(line, 16);
    at = lineEnd + 2;
    if (size === 0) break;
    body += rest.slice(at, at + size);
    at += size;
    if (at + 2 > rest.length) return stop(undefined);
    if (rest.slice(at, at + 2) !== "\r\n") return stop("no CRLF after a chunk");
    at += 2;
  }
  if (rest.startsWith("\r\n", at))
    return { body, trailers: [], complete: true, length: at + 2, fault: undefined };
  const end = rest.indexOf("\r\n\r\n", at);
  if (end < 0) return stop(undefined);
  const trailers = fieldLines(rest.slice(at, end).split("\r\n"));
  return { body, trailers, complete: true, length: end + 4, fault: undefined };
}
