// Checks that have to pass for all bytes that a client may send. Each check returns the fault that it found, or
// undefined.
import { DEFAULT_LIMITS, type RequestLimits } from "../../src/index.ts";
import {
  byteByByte,
  type RequestTranscript,
  requestsOf,
  type SeenRequest,
  twice,
  whole,
} from "../transcripts.ts";
import { forwardedRequest, headFault } from "./forwarded.ts";
import { NODE_METHODS, nodeReads } from "./node-reads.ts";

/** An input, and the way in which its bytes are delivered. */
export interface RequestInput {
  readonly bytes: Buffer;
  readonly limits: RequestLimits;
  /** Where the bytes are cut when they are delivered in two pieces. */
  readonly cut: number;
  /** How many times the bytes are sent on one connection. */
  readonly times: number;
}

/**
 * How many bytes a session may take without reporting an event, in addition to the bytes of a head or trailer
 * section: chunk lines and empty lines.
 */
const MOST_FRAMING = 4096 + 64;
/** The most bytes of one answer or refusal in these tests. */
const MOST_ANSWER = 512;

/**
 * Makes the checks that do not need a second implementation of HTTP. Returns the requests that the session reported, or
 * the fault that was found.
 */
function readRequests(input: RequestInput): readonly SeenRequest[] | string {
  const { bytes, limits, cut, times } = input;
  try {
    const careful = requestsOf(bytes, limits, byteByByte, times);
    const others = {
      whole: requestsOf(bytes, limits, whole, times),
      "in two pieces": requestsOf(bytes, limits, twice(Math.min(cut, bytes.length)), times),
      "whole, answered later": requestsOf(bytes, limits, whole, times, true),
      "byte by byte, answered later": requestsOf(bytes, limits, byteByByte, times, true),
    };
    for (const [how, transcript] of Object.entries(others)) {
      const fault = difference(careful.events, transcript.events);
      if (fault !== undefined) return `byte by byte and ${how} differ: ${fault}`;
    }
    return boundFault(careful, input) ?? careful.requests;
  } catch (error) {
    return `it threw: ${error instanceof Error ? error.stack : error}`;
  }
}

/** Returns the first pair of events that differ; undefined when all events are equal. */
export function difference(a: readonly string[], b: readonly string[]): string | undefined {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i] !== b[i]) return `${JSON.stringify(a[i])} and ${JSON.stringify(b[i])}`;
  }
  return undefined;
}

function boundFault(transcript: RequestTranscript, input: RequestInput): string | undefined {
  const { events, requests, mostSilent } = transcript;
  const stored = Math.max(input.limits.head, input.limits.requestLine) + MOST_FRAMING;
  if (mostSilent > stored) return `${mostSilent} bytes were taken without an event`;
  const written = events.at(-2)?.length ?? 0;
  if (written > (requests.length + 1) * MOST_ANSWER) return `${written} bytes were answered`;
  return undefined;
}

/**
 * Forwarded requests for which `rereadRequest` has passed already. They are not checked again, because most mutations
 * result in the same few messages.
 */
const proved = new Set<string>();
const MOST_PROVED = 20_000;

/**
 * Writes a request as a proxy does, followed by another request, and has both read by our parser and by node:http.
 * Resolves to the fault that was found, or undefined.
 */
async function rereadRequest(request: SeenRequest): Promise<string | undefined> {
  const { fields } = request.head;
  if (fields.has("content-length") && fields.has("transfer-encoding")) {
    return "a request that frames its body twice was handed on";
  }
  const bytes = forwardedRequest(request);
  if (bytes === undefined || proved.has(bytes)) return undefined;
  const fault =
    headFault(bytes) ?? ourReading(request, bytes) ?? (await nodesReading(request, bytes));
  if (fault !== undefined) return `${fault}; forwarded as ${JSON.stringify(bytes)}`;
  if (proved.size === MOST_PROVED) proved.clear();
  proved.add(bytes);
  return undefined;
}

const NEXT = "GET /next HTTP/1.1\r\nHost: next\r\n\r\n";
const ROOMY: RequestLimits = { ...DEFAULT_LIMITS, requestLine: 1e5, head: 1e6, fields: 1e4 };

function ourReading(request: SeenRequest, bytes: string): string | undefined {
  const text = Buffer.from(bytes + NEXT, "latin1");
  const { requests, events } = requestsOf(text, ROOMY, whole, 1);
  const [first, second] = requests;
  if (first === undefined) return `our parser refuses the forwarded request: ${events[0]}`;
  const { head } = request;
  const fallback = head.host === "" ? "fallback" : head.host;
  const fault =
    differs("method", head.method, first.head.method) ??
    differs("target", head.target, first.head.target) ??
    differs("path", head.path, first.head.path) ??
    differs("host", fallback, first.head.host) ??
    differs("upgrade", head.upgrade, first.head.upgrade) ??
    differs("body", request.body, first.body) ??
    differs("trailers", request.trailers?.lines(), first.trailers?.lines());
  if (fault !== undefined) return `our parser reads another request than was forwarded: ${fault}`;
  if (requests.length !== 2 || second?.head.path !== "/next") {
    return `our parser reads ${requests.length} requests where one was forwarded before /next`;
  }
  return undefined;
}

async function nodesReading(request: SeenRequest, bytes: string): Promise<string | undefined> {
  const { head, body } = request;
  if (!NODE_METHODS.has(head.method)) return undefined;
  const { requests, refused } = await nodeReads(bytes + NEXT);
  const [first] = requests;
  if (first === undefined) return `node:http refuses the forwarded request: ${refused}`;
  const host = first.fields.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === "host");
  const fault =
    differs("method", head.method, first.method) ??
    differs("target", head.target, first.path) ??
    differs("host", head.host || "fallback", first.fields[host + 1]?.toLowerCase()) ??
    differs("body", body, first.body) ??
    differs("trailers", pairs(request), first.trailers.join("\n"));
  if (fault !== undefined) return `node:http reads another request than was forwarded: ${fault}`;
  // After a protocol switch, node:http must not read the bytes that follow (NEXT) as a request.
  const expected = head.upgrade === undefined ? 2 : 1;
  return requests.length === expected && refused === undefined
    ? undefined
    : `node:http reads ${requests.length} requests where one was forwarded before /next: ${refused}`;
}

function pairs({ trailers }: SeenRequest): string {
  const list: string[] = [];
  for (let i = 0; i < (trailers?.length ?? 0); i++) {
    list.push(trailers?.name(i) ?? "", trailers?.value(i) ?? "");
  }
  return list.join("\n");
}

export function differs(what: string, wanted: unknown, got: unknown): string | undefined {
  return wanted === got
    ? undefined
    : `${what} ${JSON.stringify(wanted)} became ${JSON.stringify(got)}`;
}

/** Makes all checks for one input. Resolves to the fault that was found, or undefined. */
export async function requestFault(input: RequestInput): Promise<string | undefined> {
  const seen = readRequests(input);
  if (typeof seen === "string") return seen;
  for (const request of seen) {
    const fault = await rereadRequest(request);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The default limits, and limits so small that short inputs exceed them. */
export const LIMITS: readonly RequestLimits[] = [
  DEFAULT_LIMITS,
  { requestLine: 60, head: 200, fields: 5, dotSegments: "resolve" },
  { requestLine: 24, head: 80, fields: 3, dotSegments: "refuse" },
];
