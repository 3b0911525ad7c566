// An upgrade of HTTP/1.1 on its way to a server of HTTP/2, which gets an extended CONNECT in its place (RFC 8441 §5). The
// request loses the key of WebSocket's handshake, and a success becomes the 101 that answers the key.
import type { Fields } from "../message/fields.ts";
import { ResponseHead } from "../message/head.ts";
import { ProtocolFailure } from "../message/protocol-failure.ts";
import { websocketAccept } from "../message/websocket.ts";

/** The failure of an upgrade at a server that has not announced that it takes any. */
export const NO_TUNNELS = new ProtocolFailure(
  "no-tunnels",
  502,
  "It takes no WebSockets over HTTP/2: its settings lack ENABLE_CONNECT_PROTOCOL (RFC 8441)",
);

export class Upgrade {
  readonly #protocol: string;
  readonly #key: string | undefined;

  /** @param fields the fields of the request, from which the key is removed */
  constructor(protocol: string, fields: Fields) {
    this.#protocol = protocol;
    this.#key = fields.get("sec-websocket-key");
    fields.remove("sec-websocket-key");
  }

  /** Returns the head in terms of HTTP/1.1: a success is a 101. Other heads are returned as they are. */
  answer(head: ResponseHead): ResponseHead {
    if (head.status < 200 || head.status > 299) return head;
    const fields = head.fields.copy();
    fields.remove("content-length"); // it says nothing in an answer to CONNECT (RFC 9110 §9.3.6)
    fields.add("Connection", "upgrade");
    fields.add("Upgrade", this.#protocol);
    if (this.#key !== undefined) fields.set("Sec-WebSocket-Accept", websocketAccept(this.#key));
    return new ResponseHead(101, "Switching Protocols", 20, fields, head.kinds, 0, true);
  }
}
