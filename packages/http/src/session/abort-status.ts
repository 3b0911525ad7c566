// The status of the answer to a request that is given up before it was answered.
import type { AbortCause } from "../exchange/exchange.ts";

/** The status that the client gets, if nothing was answered yet and the client may still be reading. */
export const STATUS_OF: Readonly<Partial<Record<AbortCause, number>>> = {
  "client-timeout": 408,
  "body-too-slow": 408,
  "bad-body": 400,
  "body-too-large": 413,
};
