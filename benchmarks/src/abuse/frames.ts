// Frames of HTTP/2 as a hostile client writes them: well formed one by one (RFC 9113 §4.1), hostile in their number or
// order. The header blocks are literals without indexing (RFC 7541 §6.2.2), so they need no table.

export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const END_STREAM = 1;
export const END_HEADERS = 4;
export const CANCEL = 8;
export const INITIAL_WINDOW_SIZE = 4;

export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const bytes = Buffer.alloc(9 + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(stream, 5);
  payload.copy(bytes, 9);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Returns a SETTINGS frame with one setting. */
export function setting(id: number, value: number): Buffer {
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(id);
  payload.writeUInt32BE(value, 2);
  return frame(TYPE.settings, 0, 0, payload);
}

/** Returns a text of HPACK without Huffman coding (RFC 7541 §5.2). */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const prefix = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>>= 7) prefix.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...prefix, rest]), bytes]);
}

/** Returns a field as a literal. `first` is the byte of its kind: 0 = not indexed, 0x40 = added to the table. */
export function literal(name: string, value: string, first = 0): Buffer {
  return Buffer.concat([Buffer.from([first]), text(name), text(value)]);
}

/** Returns the header block of a request. */
export function requestBlock(method: string, path: string): Buffer {
  return Buffer.concat([
    literal(":method", method),
    literal(":scheme", "http"),
    literal(":path", path),
    literal(":authority", "127.0.0.1"),
  ]);
}

/** Returns the HEADERS frame of a request with a body (POST) or without (GET). */
export function request(stream: number, method: "GET" | "POST", path: string): Buffer {
  const flags = END_HEADERS | (method === "GET" ? END_STREAM : 0);
  return frame(TYPE.headers, flags, stream, requestBlock(method, path));
}
