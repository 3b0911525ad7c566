// The key of WebSocket's opening handshake and the answer to it (RFC 6455 §4.1, §4.2.2). Over HTTP/2 there is neither
// (RFC 8441 §5), so a proxy between HTTP/2 and HTTP/1.1 makes them for the side that needs them.
import { createHash } from "node:crypto";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY_BYTES = 16;

/** Returns a value for Sec-WebSocket-Key: 16 bytes by chance. `rng` returns numbers from 0 to 1. */
export function websocketKey(rng: () => number): string {
  const bytes = Buffer.alloc(KEY_BYTES);
  for (let i = 0; i < KEY_BYTES; i++) bytes[i] = Math.floor(rng() * 256);
  return bytes.toString("base64");
}

/** Returns the Sec-WebSocket-Accept by which a server shows that it has read the key. */
export function websocketAccept(key: string): string {
  return createHash("sha1").update(`${key}${GUID}`, "latin1").digest("base64");
}
