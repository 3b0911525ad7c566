// Checks that have to pass for all bytes that a server may send. Each check returns the fault that it found, or
// undefined.
import { DEFAULT_LIMITS, type RequestLimits } from "../../src/index.ts";
import { ServerSession } from "../../src/session/index.ts";
import {
  answersOf,
  byteByByte,
  type Delivery,
  type SeenAnswer,
  twice,
  whole,
} from "../transcripts.ts";
import { forwardedAnswer, headFault } from "./forwarded.ts";
import { difference, differs } from "./requests.ts";

/** An input, and the way in which its bytes are delivered. */
export interface AnswerInput {
  readonly bytes: Buffer;
  readonly limits: RequestLimits;
  readonly method: string;
  readonly cut: number;
  readonly times: number;
}

/**
 * How many bytes a session may take without reporting an event, in addition to the bytes of a head or trailer section.
 * Interim answers need no allowance, because the session reports each interim answer at once.
 */
const MOST_FRAMING = 4096 + 64;

export function answerFault(input: AnswerInput): string | undefined {
  const { bytes, limits, method, cut, times } = input;
  try {
    const careful = answersOf(bytes, limits, method, byteByByte, times);
    const others = {
      whole: answersOf(bytes, limits, method, whole, times),
      "in two pieces": answersOf(bytes, limits, method, twice(Math.min(cut, bytes.length)), times),
    };
    for (const [how, { events }] of Object.entries(others)) {
      const fault = difference(careful.events, events);
      if (fault !== undefined) return `byte by byte and ${how} differ: ${fault}`;
    }
    const stored = Math.max(limits.head, limits.requestLine) + MOST_FRAMING;
    if (careful.mostSilent > stored)
      return `${careful.mostSilent} bytes were taken without an event`;
    for (const answer of careful.answers) {
      const fault = rereadAnswer(answer, method);
      if (fault !== undefined) return fault;
    }
    return undefined;
  } catch (error) {
    return `it threw: ${error instanceof Error ? error.stack : error}`;
  }
}

const SECOND = "second";
const ROOMY: RequestLimits = { ...DEFAULT_LIMITS, requestLine: 1e5, head: 1e6, fields: 1e4 };

/**
 * Writes the answer as a proxy does, followed by another answer, and reads both again. Returns the fault when they are
 * read differently, otherwise undefined.
 */
function rereadAnswer(answer: SeenAnswer, method: string): string | undefined {
  const { head } = answer;
  if (method === "CONNECT" || head.status < 200) return undefined;
  const bytes = forwardedAnswer(answer, method, SECOND);
  if (bytes === undefined) return undefined;
  const fault = headFault(bytes) ?? ourReading(answer, method, bytes);
  return fault === undefined ? undefined : `${fault}; forwarded as ${JSON.stringify(bytes)}`;
}

function ourReading(answer: SeenAnswer, method: string, bytes: string): string | undefined {
  const { head } = answer;
  const [first, second] = readTwo(bytes, method);
  if (first === undefined) return "our parser refuses the forwarded answer, or leaves part of it";
  const fault =
    differs("status", head.status, first.head.status) ??
    differs("reason", head.reason, first.head.reason) ??
    differs("body", answer.body, first.body) ??
    differs("trailers", answer.trailers?.lines(), first.trailers?.lines());
  if (fault !== undefined) return `our parser reads another answer than was forwarded: ${fault}`;
  return differs("the answer after it", method === "HEAD" ? "" : SECOND, second?.body);
}

/**
 * Reads `bytes` as the answers to two requests; the second request is sent after the first answer. Returns the answers,
 * or none if bytes are left over.
 */
function readTwo(bytes: string, method: string): readonly SeenAnswer[] {
  const text = Buffer.from(bytes, "latin1");
  let at = 0;
  const untilAnswered: Delivery = ({ session }) => {
    while (at < text.length && !(session instanceof ServerSession && session.reusable)) {
      session.receive(text.subarray(at, ++at));
    }
  };
  const { answers } = answersOf(text, ROOMY, method, untilAnswered, 2);
  return at === text.length ? answers : [];
}

export const METHODS: readonly string[] = ["GET", "GET", "HEAD", "POST", "CONNECT"];

/** The default limits, and limits so small that short inputs exceed them. */
export const LIMITS: readonly RequestLimits[] = [
  DEFAULT_LIMITS,
  { ...DEFAULT_LIMITS, requestLine: 40, head: 120, fields: 4 },
];
