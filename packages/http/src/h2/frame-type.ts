// The types and flags of frames (RFC 9113 §6), and what their headers have to say.
import { FRAME_SIZE_ERROR, H2Failure, PROTOCOL_ERROR } from "./error-code.ts";

export const DATA = 0x0;
export const HEADERS = 0x1;
export const PRIORITY = 0x2;
export const RST_STREAM = 0x3;
export const SETTINGS = 0x4;
export const PUSH_PROMISE = 0x5;
export const PING = 0x6;
export const GOAWAY = 0x7;
export const WINDOW_UPDATE = 0x8;
export const CONTINUATION = 0x9;

export const END_STREAM = 0x1;
export const ACK = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const PRIORITY_FLAG = 0x20;

/** The bytes of a frame's header (§4.1). */
export const FRAME_HEADER = 9;
/** The largest payload that each side has to accept (§4.2), and the largest that we accept. */
export const MAX_FRAME_SIZE = 16_384;

interface Rule {
  readonly name: string;
  /** Whether the frame belongs to a stream, to the connection, or to either. */
  readonly on: "stream" | "connection" | "either";
  /** The payload's length, where it is always the same. */
  readonly length?: number;
}

/** The rules of the types that we know, by their numbers. Frames of other types are ignored (§5.5). */
const RULES: readonly Rule[] = [
  { name: "DATA", on: "stream" },
  { name: "HEADERS", on: "stream" },
  { name: "PRIORITY", on: "stream", length: 5 },
  { name: "RST_STREAM", on: "stream", length: 4 },
  { name: "SETTINGS", on: "connection" },
  { name: "PUSH_PROMISE", on: "stream" },
  { name: "PING", on: "connection", length: 8 },
  { name: "GOAWAY", on: "connection" },
  { name: "WINDOW_UPDATE", on: "either", length: 4 },
  { name: "CONTINUATION", on: "stream" },
];

/** Returns what is wrong with the header of a frame; undefined when it is valid. */
export function frameHeaderFault(
  type: number,
  stream: number,
  length: number,
): H2Failure | undefined {
  if (length > MAX_FRAME_SIZE) {
    const message = `A frame of ${length} bytes; at most ${MAX_FRAME_SIZE} are allowed`;
    return new H2Failure(FRAME_SIZE_ERROR, "frame-too-large", message);
  }
  const rule = RULES[type];
  if (rule === undefined) return undefined;
  if (rule.length !== undefined && rule.length !== length) {
    const message = `A ${rule.name} frame of ${length} bytes instead of ${rule.length}`;
    return new H2Failure(FRAME_SIZE_ERROR, "bad-frame-length", message);
  }
  if (rule.on !== "either" && (rule.on === "stream") !== stream > 0) {
    const message = `A ${rule.name} frame on stream ${stream}`;
    return new H2Failure(PROTOCOL_ERROR, "frame-on-wrong-stream", message);
  }
  return undefined;
}
