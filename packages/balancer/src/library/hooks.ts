// The types of an embedding program's hooks, and the request that the hooks get.
import type { Answer } from "@tandem/filters";
import { type ClientEndpoint, clientAddressOf, clientPortOf } from "@tandem/front";
import type { HeaderFields, RequestHead } from "@tandem/http";

/** Facts about the connection that a request came on. */
interface Arrival {
  readonly frontend: string;
  readonly client: ClientEndpoint & { readonly scheme: "http" | "https" };
}

/** A request as hooks see it. Its head was checked, and its body has not been read yet. */
export class IncomingRequest {
  readonly method: string;
  /** The host that the client asked for, in lower case, port included; empty for HTTP/1.0 without Host. */
  readonly host: string;
  /**
   * The protocol that the client wants to switch to, such as `websocket`; undefined = the client does not want to
   * switch.
   */
  readonly upgrade: string | undefined;
  /** The name of the frontend that the request came in on. */
  readonly frontend: string;
  readonly client: {
    /** The client's own address, even behind one of the frontend's `trustedProxies` (X-Forwarded-For). */
    readonly address: string;
    /** The client's port; 0 behind one of the frontend's `trustedProxies`. */
    readonly port: number;
    /** The scheme of the client's own connection to the balancer: https = with TLS. */
    readonly scheme: "http" | "https";
    /** Whether the connection comes from one of the frontend's `trustedProxies`. */
    readonly trusted: boolean;
  };
  /** The fields that the server will get, before the balancer adds its own (X-Forwarded-*, Via, X-Request-Id). */
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
   * Path and query in normal form, for comparisons: `%7E` is `~`, `//` is `/`, dot segments are resolved. A path that
   * a hook sets here is forwarded and logged as the hook wrote it, and routed by its normal form.
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

  /** Path and query as the client wrote them, with only dot segments resolved. The server gets this form. */
  get target(): string {
    return this.#head.target;
  }
}

/** An answer as the `response` hook sees it. Its body has not been read yet. */
export interface OutgoingResponse {
  readonly status: number;
  readonly fields: HeaderFields;
}

/** Functions of the embedding program, called while a request is handled. Each is optional. */
export interface Hooks {
  /**
   * Called before the other hooks, for every request. May edit the request, and may answer the request by returning an
   * answer. May return a promise. The request then waits for that promise, for at most `hookTimeoutMs` and only while
   * the client stays.
   */
  readonly request?: (request: IncomingRequest) => Answer | undefined | Promise<Answer | undefined>;
  /**
   * Called after `request`, unless that hook answered. Returns the name of a backend. Undefined leaves the choice to
   * the routes. May return a promise.
   */
  readonly route?: (request: IncomingRequest) => string | undefined | Promise<string | undefined>;
  /**
   * Called before the head of the answer goes out, whether the answer is the server's or an error page of the
   * balancer. May edit the fields of the answer. Not called for answers of the `request` hook. Must not return a
   * promise.
   */
  readonly response?: (response: OutgoingResponse, request: IncomingRequest) => void;
}
