// What an embedding program may do to a request on its way: the types of its hooks, and the request
// they see.
import type { Answer } from "@tandem/filters";
import { type ClientEndpoint, clientAddressOf, clientPortOf } from "@tandem/front";
import type { HeaderFields, RequestHead } from "@tandem/http";

/** The connection that a request came on. */
interface Arrival {
  readonly frontend: string;
  readonly client: ClientEndpoint & { readonly scheme: "http" | "https" };
}

/** A request as hooks see it: its head is checked, its body has not been read. */
export class IncomingRequest {
  readonly method: string;
  /** What the client asked for, in lower case, port included; empty on HTTP/1.0 without Host. */
  readonly host: string;
  /** The protocol it wants to switch to, such as `websocket`. */
  readonly upgrade: string | undefined;
  /** The listener it came in on. */
  readonly frontend: string;
  readonly client: {
    /** The client's own, also where one of the frontend's `trustedProxies` stands between (X-Forwarded-For). */
    readonly address: string;
    /** 0 when such a proxy stands between. */
    readonly port: number;
    /** Of the connection to us. */
    readonly scheme: "http" | "https";
    /** The connection comes from one of the frontend's `trustedProxies`. */
    readonly trusted: boolean;
  };
  /** What the server will get, before the balancer adds its own (X-Forwarded-*, Via, X-Request-Id). */
  readonly fields: HeaderFields;
  readonly #head: RequestHead;

  constructor(head: RequestHead, { frontend, client }: Arrival) {
    this.method = head.method;
    this.host = head.host;
    this.upgrade = head.upgrade;
    this.frontend = frontend;
    const { scheme, trusted } = client;
    const [address, port] = [clientAddressOf(head, client), clientPortOf(head, client)];
    this.client = { address, port, scheme, trusted };
    this.fields = head.edit();
    this.#head = head;
  }

  /**
   * Path and query in normal form, to compare with: `%7E` is `~`, `//` is `/`, dot segments are resolved. What is set
   * here is forwarded and logged as it is written, and routed on in normal form.
   */
  get path(): string {
    return this.#head.path;
  }

  set path(path: string) {
    if (!this.#head.retarget(path)) {
      throw new TypeError(
        `Not a path: ${JSON.stringify(path)}; it starts with '/', and other characters than a URL's are escaped with %`,
      );
    }
  }

  /** Path and query as the client wrote them, which the server gets; only dot segments are resolved. */
  get target(): string {
    return this.#head.target;
  }
}

/** An answer as the `response` hook sees it: its body has not been read. */
export interface OutgoingResponse {
  readonly status: number;
  readonly fields: HeaderFields;
}

/** Functions of the embedding program, each called in the course of a request. All may be absent. */
export interface Hooks {
  /**
   * First, for every request: may edit it, and may answer it by returning an answer. May take its
   * time (return a promise), as long as the client stays and `hookTimeoutMs` has not passed.
   */
  readonly request?: (request: IncomingRequest) => Answer | undefined | Promise<Answer | undefined>;
  /** Then, when it was not answered: the name of a backend; undefined leaves it to the routes. May take its time. */
  readonly route?: (request: IncomingRequest) => string | undefined | Promise<string | undefined>;
  /**
   * Before the head of the answer goes out, be it the server's or an error page of the balancer: may
   * edit its fields. Not for answers of the `request` hook. Has to be done when it returns.
   */
  readonly response?: (response: OutgoingResponse, request: IncomingRequest) => void;
}
