// A filter does something to requests or answers between client and server: it redirects, refuses, edits fields,
// compresses, or calls a program's hook. A filter is made once, when the configuration is loaded, and is called for
// each request on its route or frontend. The balancer runs the filters of a request as a chain
// (balancer/src/filter/chain.ts).
//
//   request ──▶ first ──▶ second ──▶ server        each may answer, refuse, edit, choose a backend, or let pass
//   client ◀─── first ◀── second ◀── answer        each that let the request pass may edit the answer
//
// For each request, running a filter costs one call, and no object is made.
import type { HeaderFields, RequestHead } from "@tandem/http";
import type { MakeTransform } from "@tandem/http/exchange";

/**
 * The head of a valid request. Its fields are edited with `edit()`, its path with `retarget`. All filters of a
 * request get the same object, so the object can be the key of a WeakMap.
 */
export type FilteredRequest = Pick<
  RequestHead,
  "method" | "host" | "hostName" | "path" | "target" | "version" | "upgrade" | "retarget" | "edit"
> & { readonly fields: Pick<HeaderFields, "get" | "all" | "has"> };

/** The connection that a request came on, as a filter sees it. */
export interface FilterContext {
  /** The name of the frontend that the request came to. */
  readonly frontend: string;
  readonly client: {
    /** The address of the peer. If the request comes through a proxy, this is the proxy's address. */
    readonly address: string;
    readonly port: number;
    readonly scheme: "http" | "https";
    /** Whether the X-Forwarded-* fields from this address are believed. */
    readonly trusted: boolean;
    readonly trusts: (address: string) => boolean;
  };
}

/** A complete answer that a filter gives in place of a server. */
export interface Answer {
  /** The status, from 200 to 599. */
  readonly status: number;
  readonly fields?: Readonly<Record<string, string | readonly string[]>>;
  /** The body. Text is sent as UTF-8, and as text/plain unless `fields` say otherwise. */
  readonly body?: string | Uint8Array;
}

/** The error pages that a filter can ask for. The balancer's table of errors has a row for each of them. */
export type RefusalCode = "bad-request" | "unknown-host" | "not-allowed" | "no-route";

/** What happens to a request. Undefined = the request passes, and the next filter is asked. */
export type Verdict =
  | { readonly answer: Answer }
  /** The client gets an error page. `cause` is written to the log and not shown to the client. */
  | { readonly refuse: RefusalCode; readonly cause: string }
  /**
   * The request passes, and goes to the backend of this name, whatever the routes say. When several filters choose a
   * backend, the last choice counts.
   */
  | { readonly backend: string }
  | undefined;

/**
 * An answer on its way to the client. It comes from a server. If no server answers, it comes from the balancer or from
 * a later filter of the chain.
 */
export interface FilteredAnswer {
  readonly status: number;
  readonly fields: HeaderFields;
  /**
   * Whether the body may be changed. False when the answer has no body (HEAD, 1xx, 204, 304) or
   * only a part of one (206), when the body does not come from a server, and when the answer says
   * `Cache-Control: no-transform`.
   */
  readonly transformable: boolean;
  /**
   * Sends the body through a transform. From then on the length of the body is unknown, and the answer's ETag is weak.
   * Fields that hold only for the original bytes are removed. Throws when the answer is not `transformable`.
   */
  transform(make: MakeTransform): void;
}

export interface Filter {
  /** The filter's name in the log: "NAME failed". */
  readonly name: string;
  /**
   * Called once for a request, after the filters before this one have let the request pass. If the filter returns a
   * promise, the request and its body wait for the result, for `patienceMs` at most. When the filter throws, rejects or
   * takes longer, this request is answered with 500; other requests are not affected. A result that comes after
   * `patienceMs`, or after the client has left, is ignored.
   */
  request?(request: FilteredRequest, context: FilterContext): Verdict | Promise<Verdict>;
  /**
   * Called before the head of an answer goes out, provided that this filter let the request pass. The filters that come
   * later in the chain are called first. Called again when an error page replaces the answer. Also called for a 101
   * that switches the protocol. Must not return a promise. When this method throws, the answer becomes a 500, and this
   * filter is not called for that 500. When it throws for an error page, the page goes out as it is.
   */
  response?(answer: FilteredAnswer, request: FilteredRequest, context: FilterContext): void;
  /**
   * How many milliseconds a promise of this filter may hold a request back, and how many
   * milliseconds a transform of this filter may keep the client waiting. Absent = 10 s.
   */
  readonly patienceMs?: number;
  /** Called with the error when this filter has failed. Without this method, the error goes to the operator's log. */
  failed?(error: Error, request: FilteredRequest, context: FilterContext): void;
}
