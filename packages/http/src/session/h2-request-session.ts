// What a request over HTTP/2 needs of its session.
import type { AbortCause } from "../exchange/exchange.ts";
import type { ServerSide } from "../h2/server-side.ts";
import type { H2Stream } from "../h2/stream.ts";
import type { ExchangeSurroundings } from "./h2-exchange.ts";
import type { OwnField, SessionLimits, SessionTimers } from "./session-handler.ts";

/** A request whose handler was given bytes of a read. */
export interface FedRequest {
  /** Whether the handler may still refer to the bytes. */
  readonly holds: boolean;
}

export interface RequestSession extends ExchangeSurroundings {
  readonly side: ServerSide;
  readonly timers: SessionTimers;
  readonly limits: SessionLimits;
  readonly ownField: OwnField | undefined;
  /** Whether the client's connection takes no more bytes for now. */
  readonly congested: boolean;
  /** Whether the bytes that are being received lie in memory that the next read overwrites. */
  readonly shared: boolean;
  /** Called when the handler of a request was given bytes of a read. */
  fed(request: FedRequest): void;
  /** Ends a request that the client is late with, or has sent wrongly. The client gets a status if it got none. */
  abort(stream: H2Stream, cause: AbortCause): void;
}
