// What has to hold of any bytes a client sends. Each check gives a complaint, or undefined.
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

/** An input, and how it comes. */
export interface RequestInput {
  readonly bytes: Buffer;
  readonly limits: RequestLimits;
  /** Where it is cut when it comes in two pieces. */
  readonly cut: number;
  /** How often it comes on the one connection. */
  readonly times: number;
}

/** Bytes a session may take beyond a head or trailer section and say nothing: chunk lines, empty lines. */
const MOST_FRAMING = 4096 + 64;
/** What one refusal or answer of ours takes. */
const MOST_ANSWER = 512;

/** Looks at everything that needs no other implementation; the requests that were handed on, or a complaint. */
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

/** The first two events that differ. */
export function difference(a: readonly string[], b: readonly string[]): string | undefined {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i] !== b[i]) return `${JSON.stringify(a[i])} and ${JSON.stringify(b[i])}`;
  }
  return undefined;
}

function boundFault(transcript: RequestTranscript, input: RequestInput): string | undefined {
  const { events, requests, mostSilent } = transcript;
  const stored = Math.max(input.limits.head, input.limits.requestLine) + MOST_FRAMING;
  if (mostSilent > stored) return `${mostSilent} bytes were taken without a word`;
  const written = events.at(-2)?.length ?? 0;
  if (written > (requests.length + 1) * MOST_ANSWER) return `${written} bytes were answered`;
  return undefined;
}

/** Bytes already seen to be read alike: most mutations end in the same few messages. */
const proved = new Set<string>();
const MOST_PROVED = 20_000;

/** Writes a request as a proxy does, and has it read by us and by node:http, with another one behind it. */
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
  if (first === undefined) return `we refuse what we forward: ${events[0]}`;
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
  if (fault !== undefined) return `we read another request than we forward: ${fault}`;
  if (requests.length !== 2 || second?.head.path !== "/next") {
    return `we read ${requests.length} requests where one was forwarded before /next`;
  }
  return undefined;
}

async function nodesReading(request: SeenRequest, bytes: string): Promise<string | undefined> {
  const { head, body } = request;
  if (!NODE_METHODS.has(head.method)) return undefined;
  const { requests, refused } = await nodeReads(bytes + NEXT);
  const [first] = requests;
  if (first === undefined) return `node:http refuses what we forward: ${refused}`;
  const host = first.fields.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === "host");
  const fault =
    differs("method", head.method, first.method) ??
    differs("target", head.target, first.path) ??
    differs("host", head.host || "fallback", first.fields[host + 1]?.toLowerCase()) ??
    differs("body", body, first.body) ??
    differs("trailers", pairs(request), first.trailers.join("\n"));
  if (fault !== undefined) return `node:http reads another request than we forward: ${fault}`;
  // After a switch of protocols there are no requests.
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

/** The whole of it, for one input. */
export async function requestFault(input: RequestInput): Promise<string | undefined> {
  const seen = readRequests(input);
  if (typeof seen === "string") return seen;
  for (const request of seen) {
    const fault = await rereadRequest(request);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Limits small enough for short inputs to meet them, and those that serve. */
export const LIMITS: readonly RequestLimits[] = [
  DEFAULT_LIMITS,
  { requestLine: 60, head: 200, fields: 5, dotSegments: "resolve" },
  { requestLine: 24, head: 80, fields: 3, dotSegments: "refuse" },
];
