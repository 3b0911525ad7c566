// A filter does something to requests or answers between client and server: it redirects, refuses, edits fields,
// compresses, or calls a program's hook. It is made once, when the configuration is loaded, and called for each
// request on its route or frontend. The balancer runs the filters of a request as a chain
// (balancer/src/filter/chain.ts).
//
//   request ──▶ first ──▶ second ──▶ server        each may answer, refuse, edit, choose a backend, or let pass
//   client ◀─── first ◀── second ◀── answer        each that let the request pass may edit the answer
//
// Running a filter costs a request one call: no object is made for it.
import type { HeaderFields, RequestHead } from "@tandem/http";
import type { MakeTransform } from "@tandem/http/exchange";

/**
 * The head of a request that has passed every check. Its fields are edited by `edit()`, its path by `retarget`. All
 * filters of a request get the same object, so it can be the key of a WeakMap.
 */
export type FilteredRequest = Pick<
  RequestHead,
  "method" | "host" | "hostName" | "path" | "target" | "version" | "upgrade" | "retarget" | "edit"
> & { readonly fields: Pick<HeaderFields, "get" | "all" | "has"> };

/** The connection that a request came on. */
export interface FilterContext {
  /** The name of the listener. */
  readonly frontend: string;
  readonly client: {
    /** The address of the connection; behind a proxy, this is the proxy's. */
    readonly address: string;
    readonly port: number;
    readonly scheme: "http" | "https";
    /** Whether its X-Forwarded-* fields are believed. */
    readonly trusted: boolean;
    readonly trusts: (address: string) => boolean;
  };
}

/** A complete answer that no server gave. */
export interface Answer {
  /** 200 to 599. */
  readonly status: number;
  readonly fields?: Readonly<Record<string, string | readonly string[]>>;
  /** Text is sent as UTF-8, and as text/plain unless `fields` say otherwise. */
  readonly body?: string | Uint8Array;
}

/** The error pages that a filter can ask for: rows of the balancer's table of errors. */
export type RefusalCode = "bad-request" | "unknown-host" | "not-allowed" | "no-route";

/** What happens to a request. Undefined = it passes, and the next filter is asked. */
export type Verdict =
  | { readonly answer: Answer }
  /** `cause` is written to the log only. */
  | { readonly refuse: RefusalCode; readonly cause: string }
  /**
   * The request passes, and goes to the backend of this name, whatever the routes say. When several filters choose a
   * backend, the last choice counts.
   */
  | { readonly backend: string }
  | undefined;

/**
 * An answer on its way to the client. It comes from a server, or from the balancer or a later filter in place of a
 * server.
 */
export interface FilteredAnswer {
  readonly status: number;
  readonly fields: HeaderFields;
  /**
   * Whether the body may be changed. It must come from a server, there must be one (not HEAD, 1xx, 204, 304), it must
   * be whole (not 206), and the answer must not say `Cache-Control: no-transform`.
   */
  readonly transformable: boolean;
  /**
   * Sends the body through a transform. From then on its length is unknown and its ETag is weak, and fields that hold
   * only for the original bytes are removed. Throws when the answer is not `transformable`.
   */
  transform(make: MakeTransform): void;
}

export interface Filter {
  /** The filter's name in the log: "NAME failed". */
  readonly name: string;
  /**
   * Called once for a request, after the filters before this one have let it pass. A promise holds the request and
   * its body back, for `patienceMs` at most. When the filter throws, rejects or takes longer, its request is answered
   * 500; other requests are not affected. If the promise settles after that, or after the client has left, the result
   * is ignored.
   */
  request?(request: FilteredRequest, context: FilterContext): Verdict | Promise<Verdict>;
  /**
   * Called before the head of an answer goes out, if this filter let the request pass, and after the filters behind
   * it in the chain. Called again when an error page replaces the answer. Also called for a 101 when the protocol is
   * switched. Must not return a promise. When it throws, the answer becomes a 500, for which it is not called again;
   * an error page goes out as it is.
   */
  response?(answer: FilteredAnswer, request: FilteredRequest, context: FilterContext): void;
  /**
   * How long a promise may hold a request back, and how long a transform may keep the client waiting; 10 s when
   * absent.
   */
  readonly patienceMs?: number;
  /** Told about an error of this filter. When absent, the error goes to the operator's log. */
  failed?(error: Error, request: FilteredRequest, context: FilterContext): void;
}
