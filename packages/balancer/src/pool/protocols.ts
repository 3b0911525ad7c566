// The protocols that servers are spoken to in, a row each. The interface is in protocol.ts.
import { H1Connection } from "./h1-connection.ts";
import type { ServerProtocol } from "./protocol.ts";

export const SERVER_PROTOCOLS = {
  "http/1.1": { streams: 1, open: (opened) => new H1Connection(opened) },
} as const satisfies Readonly<Record<string, ServerProtocol>>;
