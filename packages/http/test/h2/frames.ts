// Frames in words: the notation of the vectors in test/vectors/h2, and the way in which tests show what was written.
import { HpackDecoder } from "../../src/h2/hpack/decoder.ts";
import { HpackEncoder } from "../../src/h2/hpack/encoder.ts";
import type { HeaderField } from "../../src/h2/hpack/header-field.ts";
import { WireBuffer } from "../../src/h2/wire-buffer.ts";

const TYPES = [
  ...["DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY"],
  ...["WINDOW_UPDATE", "CONTINUATION"],
];
export const CODES = [
  ...["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT"],
  ...["STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR"],
  ...["CONNECT_ERROR", "ENHANCE_YOUR_CALM"],
];
const FLAGS: Readonly<Record<string, number>> = { es: 1, ack: 1, eh: 4, padded: 8, priority: 0x20 };
const HEAD_TYPES = new Set([1, 5, 9]);

/** Returns a frame. */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** Returns a header block of `name=value` words. A value's `_` is a space. */
function block(encoder: HpackEncoder, words: readonly string[]): Buffer {
  const out = new WireBuffer();
  encoder.begin(out);
  for (const word of words) {
    const at = word.indexOf("=", 1);
    encoder.field(out, word.slice(0, at), word.slice(at + 1).replaceAll("_", " "));
  }
  return out.toBuffer();
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return bytes;
}

function setting(word: string): Buffer {
  const [id = 0, value = 0] = word.split("=").map(Number);
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(id);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

/** Makes bytes of the lines of one vector; see test/vectors/h2/README.md. */
export class Script {
  readonly #encoder = new HpackEncoder();
  /** The stream of the last frame. */
  #stream = -1;

  line(line: string): Buffer {
    const [, times = "1", rest = ""] = /^(?:(\d+)x )?(.*)$/.exec(line) ?? [];
    return Buffer.concat(Array.from({ length: Number(times) }, () => this.#frame(rest)));
  }

  #frame(line: string): Buffer {
    const [name = "", ...words] = line.split(" ");
    if (name === "bytes") return Buffer.from(words.join(""), "hex");
    if (name === "text") return Buffer.from(words.join(" ").replaceAll("\\r\\n", "\r\n"));
    const type = /^\d+$/.test(name) ? Number(name) : TYPES.indexOf(name);
    if (type < 0) throw new Error(`no frame is called '${name}'`);
    const onStream = type < 4 || type === 5 || type >= 8 || /^\d/.test(name);
    const [id = "0"] = onStream ? words.splice(0, 1) : [];
    this.#stream = id === "next" ? this.#stream + 2 : Number(id);
    let flags = 0;
    while (FLAGS[words[0] ?? ""] !== undefined) flags |= FLAGS[words.shift() as string] as number;
    return frame(type, flags, this.#stream, payload(type, words, this.#encoder));
  }
}

function payload(type: number, words: readonly string[], encoder: HpackEncoder): Buffer {
  const [first = ""] = words;
  if (first === "hex") return Buffer.from(words.slice(1).join(""), "hex");
  if (first.startsWith("#")) return Buffer.alloc(Number(first.slice(1)), "x");
  if (HEAD_TYPES.has(type)) return block(encoder, words);
  if (type === 0) return Buffer.from(words.join(" "));
  if (type === 3) return u32(CODES.indexOf(first));
  if (type === 4) return Buffer.concat(words.map(setting));
  if (type === 7) return u32(Number(first), CODES.indexOf(words[1] ?? ""));
  if (type === 8) return u32(Number(first));
  return Buffer.from(words.join(" "));
}

/** Shows the frames in `bytes`, a line each. */
export function showFrames(bytes: Buffer): string[] {
  const decoder = new HpackDecoder(4096);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUIntBE(at, 3);
    const end = at + 9 + length;
    lines.push(showFrame(bytes.subarray(at, end), decoder));
    at = end;
  }
  return lines;
}

function showFrame(bytes: Buffer, decoder: HpackDecoder): string {
  const type = bytes[3] as number;
  const flags = bytes[4] as number;
  const stream = bytes.readUInt32BE(5);
  const payload = bytes.subarray(9);
  const name = TYPES[type] ?? `type ${type}`;
  const onStream = stream > 0 || type === 8 ? ` ${stream}` : "";
  const end = (flags & 1) === 0 ? "" : type === 4 || type === 6 ? " ack" : type < 2 ? " es" : "";
  return `${name}${onStream}${end}${showPayload(type, payload, decoder)}`;
}

function showPayload(type: number, payload: Buffer, decoder: HpackDecoder): string {
  if (type === 0) return payload.length > 40 ? ` #${payload.length}` : ` ${payload}`.trimEnd();
  if (type === 1) return showBlock(payload, decoder);
  if (type === 3) return ` ${CODES[payload.readUInt32BE(0)]}`;
  if (type === 4) {
    const count = payload.length / 6;
    const one = (i: number) => ` ${payload.readUInt16BE(6 * i)}=${payload.readUInt32BE(6 * i + 2)}`;
    return Array.from({ length: count }, (_, i) => one(i)).join("");
  }
  if (type === 7) {
    const code = CODES[payload.readUInt32BE(4)];
    return ` ${payload.readUInt32BE(0)} ${code} ${payload.subarray(8)}`.trimEnd();
  }
  return type === 8 ? ` ${payload.readUInt32BE(0)}` : ` ${payload}`;
}

function showBlock(payload: Buffer, decoder: HpackDecoder): string {
  let words = "";
  const field = ({ name, value }: HeaderField): boolean => {
    words += ` ${name}=${value.replaceAll(" ", "_")}`;
    return true;
  };
  if (!decoder.decode(payload, 0, payload.length, { field })) return ` ${decoder.failure}`;
  return words;
}
