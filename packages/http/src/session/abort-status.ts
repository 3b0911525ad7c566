// Says which status a client gets when its request is aborted before it was answered.
import type { AbortCause } from "../exchange/exchange.ts";

/** The status for each cause of an abort. For a cause that is absent the client gets no answer. */
export const STATUS_OF: Readonly<Partial<Record<AbortCause, number>>> = {
  "client-timeout": 408,
  "body-too-slow": 408,
  "bad-body": 400,
  "body-too-large": 413,
};
