// Writes bytes of HTTP/2 as frames in readable form, for `--case`.
import {
  ACK,
  CODES,
  END_STREAM,
  type Frame,
  GOAWAY,
  PING,
  PREFACE,
  RST_STREAM,
  readFrames,
  readNumber,
  SETTINGS,
} from "../wire/h2/frames.ts";

const TYPES = [
  ...["DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY"],
  ...["WINDOW_UPDATE", "CONTINUATION"],
];

/** Returns the frames in `bytes`, separated by commas: type, stream, flags, length, and the code of those that have one. */
export function framesShown(bytes: string): string {
  const opens = bytes.startsWith(PREFACE);
  const frames = readFrames(opens ? bytes.slice(PREFACE.length) : bytes).map(shown);
  const words = [...(opens ? ["preface"] : []), ...frames];
  return words.length > 0 ? words.join(", ") : JSON.stringify(bytes.slice(0, 60));
}

function shown({ type, flags, stream, payload }: Frame): string {
  const words = [TYPES[type] ?? `type ${type}`, ...(stream > 0 ? [stream] : [])];
  if (type <= 1 && (flags & END_STREAM) !== 0) words.push("END_STREAM");
  if ((type === SETTINGS || type === PING) && (flags & ACK) !== 0) words.push("ACK");
  if (type === RST_STREAM) words.push(CODES[readNumber(payload, 0, 4)] ?? "unknown code");
  else if (type === GOAWAY) words.push(CODES[readNumber(payload, 4, 4)] ?? "unknown code");
  else if (payload !== "") words.push(`(${payload.length} bytes)`);
  return words.join(" ");
}
