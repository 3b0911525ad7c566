// The answer to a request that is given up before it has one.
import type { AbortCause } from "../exchange/exchange.ts";

/** What the client is told whose request is given up, as long as nothing was answered and it may still read. */
export const STATUS_OF: Readonly<Partial<Record<AbortCause, number>>> = {
  "client-timeout": 408,
  "body-too-slow": 408,
  "bad-body": 400,
  "body-too-large": 413,
};
