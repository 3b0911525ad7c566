// The protocols that can be used with servers, one row each, and which of them a backend uses. The interface of a row is
// in protocol.ts. `openAgreed` leaves the choice to the server, by ALPN (RFC 7301).
import type { TLSSocket } from "node:tls";
import type { BackendConfig } from "@tandem/config";
import type { ConnectFailure } from "./connect-failure.ts";
import type { Connection } from "./connection.ts";
import { H1Connection } from "./h1-connection.ts";
import { H2Connection } from "./h2-connection.ts";
import type { Opened, ServerProtocol } from "./protocol.ts";

const HTTP1 = "http/1.1";
const HTTP2 = "h2";

export const SERVER_PROTOCOLS = {
  [HTTP1]: { streams: 1, alpn: undefined, open: openH1 },
} as const satisfies Readonly<Record<string, ServerProtocol>>;

/** Returns the protocol that a backend's servers are spoken to in. Equal settings give equal protocols. */
export function protocolOf({ mode, proto, tls, maxStreams }: BackendConfig): ServerProtocol {
  if (mode === "tcp") return SERVER_PROTOCOLS[HTTP1];
  if (tls === undefined) {
    return proto === "h2"
      ? { streams: maxStreams, alpn: undefined, open: openH2 }
      : SERVER_PROTOCOLS[HTTP1];
  }
  const alpn = tls.alpn ?? (proto === "h2" ? [HTTP2] : undefined);
  const streams = alpn?.includes(HTTP2) === true ? maxStreams : 1;
  return { streams, alpn, open: openAgreed };
}

function openH1(opened: Opened): Connection {
  return new H1Connection(opened);
}

function openH2(opened: Opened): Connection {
  return new H2Connection(opened);
}

/** Speaks what the handshake has agreed on. A server that takes no part in ALPN speaks HTTP/1.1, if that was offered. */
function openAgreed(opened: Opened, { alpn }: ServerProtocol): Connection | ConnectFailure {
  const agreed = (opened.socket as TLSSocket).alpnProtocol;
  if (agreed === HTTP2) return openH2(opened);
  if (alpn === undefined || alpn.includes(HTTP1)) return openH1(opened);
  return {
    code: "protocol-refused",
    why: "the server did not agree to HTTP/2 (ALPN); add http/1.1 to tls.alpn of the backend, or turn HTTP/2 on at the server",
  };
}
