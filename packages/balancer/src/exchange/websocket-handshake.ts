// The opening handshake of WebSocket that a server gets from this proxy when the client's protocol has none: a client of
// HTTP/2 opens a WebSocket by extended CONNECT, without a key (RFC 8441 §5). The proxy then is the server's client, and
// has to check the server's answer as one (RFC 6455 §4.1).
import { type RequestHead, type ResponseHead, websocketAccept, websocketKey } from "@tandem/http";
import type { Rng } from "@tandem/transport";

export class WebSocketHandshake {
  readonly #accept: string;

  /** @param key the Sec-WebSocket-Key of the request */
  constructor(key: string) {
    this.#accept = websocketAccept(key);
  }

  /** Returns what is wrong with the answer of the server; undefined when the client may have it. */
  fault({ status, fields }: ResponseHead): string | undefined {
    if (status === 101) {
      const right = fields.get("sec-websocket-accept") === this.#accept;
      return right ? undefined : "its Sec-WebSocket-Accept does not go with the key it was sent";
    }
    const succeeds = status >= 200 && status < 300;
    return succeeds ? `it answered ${status} instead of switching to WebSocket` : undefined;
  }
}

/** Adds a key to a request that opens a WebSocket over HTTP/2. Returns undefined, and adds nothing, for all others. */
export function openHandshake(head: RequestHead, rng: Rng): WebSocketHandshake | undefined {
  if (head.upgrade === undefined || head.version !== 20) return undefined;
  const key = websocketKey(rng);
  head.editableFields.set("Sec-WebSocket-Key", key);
  return new WebSocketHandshake(key);
}
