// What differs between the two sides of a connection. The sides are in server-side.ts and client-side.ts.
import type { HeadLimits } from "../h1/limits.ts";
import type { H2Failure } from "./error-code.ts";
import type { HeadFields } from "./head-fields.ts";
import type { H2Limits } from "./limits.ts";
import type { H2Stream } from "./stream.ts";

/** The side that a connection is on: what it does with heads, and with what ends connection and streams. */
export interface Side {
  /** Gets a head or trailers. `stream` is undefined when no such stream is open. Returns what ends the connection. */
  head(
    id: number,
    stream: H2Stream | undefined,
    head: HeadFields,
    ends: boolean,
  ): H2Failure | undefined;
  /** Whether a stream with that id has never been opened by the side that may open it. */
  isIdle(id: number): boolean;
  /** Whether DATA and HEADERS on a closed stream with that id are dropped, however long ago the stream was closed. */
  ignoresClosed(id: number): boolean;
  /** Whether the answer on a stream is complete. A reset of it after that costs nothing. */
  answered(stream: H2Stream): boolean;
  /** Called for each RST_STREAM: one of the peer that ended a stream, or one of ours. */
  reset?(by: "peer" | "own", code: number): void;
  /** Called when a stream has left the table, in whatever way. */
  streamClosed(stream: H2Stream): void;
  /** Called when the peer will open no more streams, or process none above `last` (§6.8). */
  goaway(last: number, code: number): void;
  /** Called once, when the connection is over: by a fault of the peer, by `close`, or because it was cut. */
  over(failure: H2Failure): void;
}

export interface ConnectionOptions {
  readonly limits: H2Limits;
  readonly heads: HeadLimits;
  readonly settings: readonly (readonly [id: number, value: number])[];
  /** What the peer has to send first, or what we send first. */
  readonly sends: string;
  readonly expects: string;
  readonly now: number;
}
