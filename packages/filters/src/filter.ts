// What stands between a request and its server without being either: a redirect, a refusal, an edit of fields, a
// compression, a program's hook. A filter is made once, when the configuration is loaded, and called for each request
// on its route or frontend; the balancer runs those of a request as a chain (balancer/src/filter/chain.ts).
//
//   request ──▶ first ──▶ second ──▶ server        each may answer, refuse, edit, choose a backend, or let pass
//   client ◀─── first ◀── second ◀── answer        each that let the request pass may edit the answer
//
// A request costs a filter no more than its call: what it is given exists already.
import type { HeaderFields, RequestHead } from "@tandem/http";
import type { MakeTransform } from "@tandem/http/exchange";

/**
 * The head of a request, which has passed every check. Its fields are edited by `edit()`, its path by `retarget`. One
 * and the same object for all filters of a request, so that a WeakMap can carry what belongs to it.
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
    /** Of the connection: a proxy's, where one stands between. */
    readonly address: string;
    readonly port: number;
    readonly scheme: "http" | "https";
    /** What it says in X-Forwarded-* is believed. */
    readonly trusted: boolean;
    readonly trusts: (address: string) => boolean;
  };
}

/** A complete answer that no server gave. */
export interface Answer {
  /** 200 to 599. */
  readonly status: number;
  readonly fields?: Readonly<Record<string, string | readonly string[]>>;
  /** Text is sent as UTF-8, as text/plain unless `fields` say otherwise. */
  readonly body?: string | Uint8Array;
}

/** Error pages that a filter can ask for: rows of the balancer's table of errors. */
export type RefusalCode = "bad-request" | "unknown-host" | "not-allowed" | "no-route";

/** What is to become of a request. Undefined = it passes, and the next filter is asked. */
export type Verdict =
  | { readonly answer: Answer }
  /** `cause` is for the log only. */
  | { readonly refuse: RefusalCode; readonly cause: string }
  /** It passes, and goes to the backend of this name whatever the routes say. Of several the last one's word holds. */
  | { readonly backend: string }
  | undefined;

/** An answer on its way to the client: a server's, or one that the balancer or a later filter gave in its place. */
export interface FilteredAnswer {
  readonly status: number;
  readonly fields: HeaderFields;
  /**
   * Its body may be changed: a server gave it, it has one (not HEAD, 1xx, 204, 304), it is the whole (not 206), and
   * it does not say `Cache-Control: no-transform`.
   */
  readonly transformable: boolean;
  /**
   * Sends the body through a transform. Its length is unknown from then on, its ETag weak, and what only holds for
   * the bytes as they were is removed. Throws when it is not `transformable`.
   */
  transform(make: MakeTransform): void;
}

export interface Filter {
  /** Names it in the log: "NAME failed". */
  readonly name: string;
  /**
   * Called once for a request, after the filters before it have let the request pass. A promise holds the request
   * back, and its body with it, for `patienceMs` at most. A filter that throws, rejects or takes longer ends its request with a 500,
   * and nothing else; what its promise says after that, or after the client has left, is not heard.
   */
  request?(request: FilteredRequest, context: FilterContext): Verdict | Promise<Verdict>;
  /**
   * Called before the head of an answer goes out, after the filters behind it, if this one let the request pass; a
   * second time when an error page takes the answer's place, and with 101 when the protocol is switched. Has to be done when it returns. One that throws
   * turns the answer into a 500, which it is not asked about again; an error page goes out as it is then.
   */
  response?(answer: FilteredAnswer, request: FilteredRequest, context: FilterContext): void;
  /** For how long a promise may hold a request back, and a transform the client; 10 s when absent. */
  readonly patienceMs?: number;
  /** Told what it threw. Absent = the operator's log is. */
  failed?(error: Error, request: FilteredRequest, context: FilterContext): void;
}
