// Where code of an embedding program meets a request: its head is checked, it is not yet routed.
// A frontend without an interceptor pays one comparison for it.
import type { Client } from "@tandem/front";
import type { Fields } from "@tandem/http";
import type { AbortCause, Exchange } from "@tandem/http/exchange";
import type { ProxyErrorCode } from "../exchange/proxy-error.ts";

/** Sees every request of a frontend that does not redirect. */
export interface Interceptor {
  /** Must not throw, and must lead to exactly one call on `passage`, at once or later. */
  request(exchange: Exchange, passage: Passage): void;
}

/** Edits an answer's fields; false when it failed and the answer must not go out. */
export type EditResponse = (fields: Fields, status: number) => boolean;

/** The ways on for an intercepted request. Each ends with one access record. */
export interface Passage {
  readonly frontend: string;
  readonly client: Client;
  /** To the named backend; undefined = to the one the frontend's routes choose. */
  forward(
    exchange: Exchange,
    backend: string | undefined,
    response: EditResponse | undefined,
  ): void;
  /** A complete answer that no server gave. */
  answer(exchange: Exchange, status: number, fields: Fields, body: Buffer): void;
  /** An error page. */
  refuse(exchange: Exchange, code: ProxyErrorCode, cause: string): void;
  /** The exchange ended by itself while it was intercepted. */
  aborted(exchange: Exchange, cause: AbortCause): void;
}
