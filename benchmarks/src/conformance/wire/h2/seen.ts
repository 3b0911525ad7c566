// What the client of a case saw of HTTP/2: the frames, the streams with their answers, and how they ended (RFC 9113 §5.1, §8.1).
import type { FieldLines, Message } from "../message.ts";
import {
  CODES,
  CONTINUATION,
  type Code,
  DATA,
  END_HEADERS,
  END_STREAM,
  type Frame,
  GOAWAY,
  HEADERS,
  PADDED,
  RST_STREAM,
  readFrames,
  readNumber,
  WITH_PRIORITY,
} from "./frames.ts";
import { HpackReader } from "./hpack-read.ts";

export interface StreamSeen {
  readonly id: number;
  /** Interim answers, and the final one. */
  readonly answers: readonly Message[];
  /** Whether the last answer came with END_STREAM. It is complete if it then is as long as it says, too. */
  readonly ended: boolean;
  /** The code of the RST_STREAM that ended the stream; undefined when there was none. */
  readonly reset: Code | undefined;
}

export interface H2Seen {
  readonly frames: readonly Frame[];
  /** The streams in the order of their first frame. */
  readonly streams: readonly StreamSeen[];
  /** The code of the last GOAWAY; undefined when there was none. */
  readonly goaway: Code | undefined;
  /** Why what came is no HTTP/2, in words; undefined when it is. */
  readonly fault: string | undefined;
}

interface Answer {
  readonly fields: FieldLines;
  body: string;
  trailers: FieldLines;
  ended: boolean;
}

interface Stream {
  readonly id: number;
  readonly answers: Answer[];
  reset: Code | undefined;
}

const codeOf = (payload: string, at: number): Code =>
  CODES[readNumber(payload, at, 4)] ?? "NO_ERROR";
const statusOf = ({ fields }: Answer) => fields.find(([name]) => name === ":status")?.[1] ?? "000";

/** Reads what the client received. */
export function readH2(received: string): H2Seen {
  const frames = readFrames(received);
  const streams = new Map<number, Stream>();
  const hpack = new HpackReader();
  let goaway: Code | undefined;
  let fault: string | undefined;
  let block: { stream: number; ends: boolean; bytes: string } | undefined;
  for (const frame of frames) {
    const { type, flags, stream: id, payload } = frame;
    if (type === GOAWAY) goaway = codeOf(payload, 4);
    if (type > DATA && type !== HEADERS && type !== RST_STREAM && type !== CONTINUATION) continue;
    if (id === 0) continue;
    const stream = streams.get(id) ?? { id, answers: [], reset: undefined };
    streams.set(id, stream);
    if (type === RST_STREAM) stream.reset = codeOf(payload, 0);
    else if (type === DATA) addData(stream, withoutPadding(frame), (flags & END_STREAM) !== 0);
    else {
      if (type === HEADERS) block = { stream: id, ends: (flags & END_STREAM) !== 0, bytes: "" };
      if (block === undefined) fault ??= "CONTINUATION without HEADERS";
      else block.bytes += type === HEADERS ? withoutPadding(frame) : payload;
      if ((flags & END_HEADERS) === 0 || block === undefined) continue;
      const fields = hpack.read(block.bytes);
      if (fields === undefined) fault ??= "an invalid header block";
      else fault ??= addHead(stream, fields, block.ends);
      block = undefined;
    }
  }
  const seen = [...streams.values()].map(({ answers, ...stream }) => ({
    ...stream,
    ended: answers.at(-1)?.ended === true,
    answers: answers.map(messageOf),
  }));
  return { frames, streams: seen, goaway, fault };
}

/** Returns the number of streams whose answers have ended, or that were reset. */
export function settledStreams({ streams }: H2Seen): number {
  return streams.filter(isSettled).length;
}

export function isSettled({ ended, reset }: StreamSeen): boolean {
  return reset !== undefined || ended;
}

function withoutPadding({ type, flags, payload }: Frame): string {
  const padded = (flags & PADDED) !== 0;
  const from = (padded ? 1 : 0) + (type === HEADERS && (flags & WITH_PRIORITY) !== 0 ? 5 : 0);
  return payload.slice(from, payload.length - (padded ? readNumber(payload, 0, 1) : 0));
}

/** Adds a head or trailers. Returns what is wrong with it. */
function addHead(stream: Stream, fields: FieldLines, ends: boolean): string | undefined {
  const last = stream.answers.at(-1);
  const final = last !== undefined && statusOf(last) >= "200";
  if (final) {
    last.trailers = fields;
    last.ended = ends;
    return fields.some(([name]) => name.startsWith(":")) ? "a pseudo-field in trailers" : undefined;
  }
  const answer: Answer = { fields, body: "", trailers: [], ended: ends };
  stream.answers.push(answer);
  return headFault(fields);
}

/** What no answer over HTTP/2 may have (§8.2). */
function headFault(fields: FieldLines): string | undefined {
  if (fields.filter(([name]) => name.startsWith(":")).length !== 1) return "pseudo-fields";
  if (!/^[1-9]\d\d$/.test(fields[0]?.[1] ?? "")) return "no :status in front";
  const banned = /^(connection|keep-alive|proxy-connection|transfer-encoding|upgrade)$|[A-Z]/;
  const name = fields.find(([each]) => banned.test(each))?.[0];
  return name === undefined ? undefined : `the field ${name}`;
}

function addData(stream: Stream, bytes: string, ends: boolean): void {
  const last = stream.answers.at(-1);
  if (last === undefined) return;
  last.body += bytes;
  if (ends) last.ended = true;
}

/** Whether the body is as long as Content-Length says (§8.1.1). An answer without a body may say how long it would be. */
function lengthHolds({ fields, body }: Answer): boolean {
  const length = fields.find(([name]) => name === "content-length")?.[1];
  return length === undefined || body === "" || Number(length) === body.length;
}

/** Returns an answer in the form in which HTTP/1.1's are judged. */
function messageOf(answer: Answer): Message {
  const { fields, body, trailers, ended } = answer;
  const interim = statusOf(answer) < "200";
  const complete = interim ? !ended : ended && lengthHolds(answer);
  const start = `HTTP/2.0 ${statusOf(answer)}`;
  const regular = fields.filter(([name]) => !name.startsWith(":"));
  const head = [start, ...regular.map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n");
  const framing = "length";
  return {
    start,
    fields: regular,
    body,
    trailers,
    framing,
    complete,
    head,
    fault: undefined,
    length: 0,
  };
}
