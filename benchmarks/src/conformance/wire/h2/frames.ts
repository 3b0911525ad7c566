// Frames of HTTP/2 (RFC 9113 §4, §6) as text, one character per byte: written as a case asks, valid or not, and read from what
// a proxy sends.

export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export const NO_FLAG = 0;
export const ACK = 0x1;
export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const WITH_PRIORITY = 0x20;

export const SETTING = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

export const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** The names of the error codes (§7). */
export const CODES = [
  ...["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT"],
  ...["STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR"],
  ...["CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"],
] as const;
export type Code = (typeof CODES)[number];

const number = (value: number, bytes: number): string => {
  let text = "";
  for (let i = bytes - 1; i >= 0; i--)
    text += String.fromCharCode(Math.floor(value / 256 ** i) % 256);
  return text;
};

/** Returns 32 bits, as most fields of frames have them. */
export function u32(value: number): string {
  return number(value, 4);
}

/** Returns a frame. `stream` may have the reserved bit, and `payload` any length. */
export function frame(type: number, flags: number, stream: number, payload = ""): string {
  return number(payload.length, 3) + number(type, 1) + number(flags, 1) + u32(stream) + payload;
}

export function data(stream: number, payload: string, flags = NO_FLAG): string {
  return frame(DATA, flags, stream, payload);
}

export function headers(stream: number, block: string, flags: number): string {
  return frame(HEADERS, flags, stream, block);
}

/** Pairs of an identifier and its value. */
export type Settings = readonly (readonly [id: number, value: number])[];

export function settings(...pairs: Settings): string {
  return frame(
    SETTINGS,
    NO_FLAG,
    0,
    pairs.map(([id, value]) => number(id, 2) + u32(value)).join(""),
  );
}

export function ping(payload: string, flags = NO_FLAG): string {
  return frame(PING, flags, 0, payload);
}

export function reset(stream: number, code: number = CODES.indexOf("CANCEL")): string {
  return frame(RST_STREAM, NO_FLAG, stream, u32(code));
}

export function windowUpdate(stream: number, bytes: number): string {
  return frame(WINDOW_UPDATE, NO_FLAG, stream, u32(bytes));
}

/** Returns the payload of PRIORITY. `weight` is that of RFC 7540, from 1 to 256. */
export function priority(dependsOn: number, weight = 16, exclusive = false): string {
  return u32(dependsOn + (exclusive ? 2 ** 31 : 0)) + number(weight - 1, 1);
}

/** Returns how many heads a client sends: an upper limit for the requests among its bytes. */
export function countHeads(bytes: string): number {
  const frames = readFrames(bytes.replace(PREFACE, ""));
  return frames.filter(({ type }) => type === HEADERS).length;
}

/** The first window of a connection, and of a stream for which nothing else was announced (§6.9.2). */
export const DEFAULT_WINDOW = 65_535;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: string;
}

export function readNumber(text: string, at: number, bytes: number): number {
  let value = 0;
  for (let i = 0; i < bytes; i++) value = value * 256 + (text.charCodeAt(at + i) || 0);
  return value;
}

/** Reads the complete frames in the bytes that a client received. */
export function readFrames(bytes: string): readonly Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at + 9 <= bytes.length; ) {
    const end = at + 9 + readNumber(bytes, at, 3);
    if (end > bytes.length) break;
    frames.push({
      type: readNumber(bytes, at + 3, 1),
      flags: readNumber(bytes, at + 4, 1),
      stream: readNumber(bytes, at + 5, 4) % 2 ** 31,
      payload: bytes.slice(at + 9, end),
    });
    at = end;
  }
  return frames;
}

/** Returns how many bytes of bodies have come on a stream, or on all. */
export function bodyBytes(frames: readonly Frame[], id?: number): number {
  const own = frames.filter(({ type, stream }) => type === DATA && (id ?? stream) === stream);
  return own.reduce((sum, { payload }) => sum + payload.length, 0);
}
