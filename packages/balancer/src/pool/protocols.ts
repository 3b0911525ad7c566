// The protocols that can be used with servers, one row each. The interface of a row is in protocol.ts.
import { H1Connection } from "./h1-connection.ts";
import type { ServerProtocol } from "./protocol.ts";

export const SERVER_PROTOCOLS = {
  "http/1.1": { streams: 1, open: (opened) => new H1Connection(opened) },
} as const satisfies Readonly<Record<string, ServerProtocol>>;
