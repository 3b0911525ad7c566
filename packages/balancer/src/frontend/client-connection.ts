// A client's connection at a frontend. Its requests go through filters to a backend, and the end of each request is
// logged. Many requests may be under way at once, so the state of a request is never kept in this object.
import {
  abortTermination,
  accessRecord,
  type Client,
  type Handler,
  refusedRecord,
} from "@tandem/front";
import { type Fields, reasonPhrase } from "@tandem/http";
import type { AbortCause, Exchange } from "@tandem/http/exchange";
import type { RefusedRequest } from "@tandem/http/session";
import type { AccessRecord } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";
import type { Backend } from "../backend/backend.ts";
import type { EditResponse } from "../exchange/edit-response.ts";
import { forward } from "../exchange/forward.ts";
import type { ForwardOptions } from "../exchange/forward-options.ts";
import { PROXY_ERRORS, type ProxyErrorCode } from "../exchange/proxy-error.ts";
import { Remembered } from "../exchange/remembered.ts";
import { respondError } from "../exchange/respond.ts";
import type { FilterChain, FilterOwner, Halt } from "../filter/chain.ts";
import type { Route, Router } from "../route/router.ts";

/** The objects and settings that all connections of a frontend share. */
export interface FrontendContext {
  readonly name: string;
  readonly via: string;
  // A reload replaces `filters`, `router` and `backends`.
  filters: FilterChain | undefined;
  router: Router<Backend>;
  /**
   * Whether a host belongs to other certificates than the one that a client is shown which asks for `name` (SNI).
   * Undefined = all clients of the frontend are shown the same.
   */
  belongsElsewhere: ((name: string, host: string) => boolean) | undefined;
  backends: ReadonlyMap<string, Backend>;
  readonly clock: Clock;
  readonly log: (record: AccessRecord) => void;
}

/**
 * A client's connection, as the handler of its requests. It is the `ForwardOptions` of its requests as well, so that no
 * object has to be made for each request.
 */
export class ClientConnection implements Handler, FilterOwner, ForwardOptions {
  readonly client: Client;
  readonly remembered: Remembered;
  readonly #context: FrontendContext;
  /** The last `Host` of this connection that belongs here, so that the next request with it costs one comparison. */
  #ownHost: string | undefined = undefined;

  constructor(context: FrontendContext, client: Client) {
    this.#context = context;
    this.client = client;
    this.remembered = new Remembered(client);
  }

  get frontend(): string {
    return this.#context.name;
  }

  get via(): string {
    return this.#context.via;
  }

  get edit(): undefined {
    return undefined;
  }

  log(record: AccessRecord): void {
    this.#context.log(record);
  }

  request(exchange: Exchange): void {
    const { filters, belongsElsewhere } = this.#context;
    if (belongsElsewhere !== undefined && this.#misdirected(exchange, belongsElsewhere)) return;
    const halt = filters === undefined ? undefined : filters.pass(exchange.head, this);
    if (halt === undefined) this.#route(exchange);
    else this.#settle(halt, exchange);
  }

  /**
   * Refuses a request whose host belongs to other certificates than the one of this connection (RFC 9110 §7.4, §15.5.20),
   * and returns whether it did. A client may use a connection for every name of its certificate, as browsers do over
   * HTTP/2 (RFC 9113 §9.1.1); a client that asked for no name could not get another certificate.
   */
  #misdirected(exchange: Exchange, elsewhere: (name: string, host: string) => boolean): boolean {
    const { host, hostName } = exchange.head;
    const name = this.client.tls?.serverName;
    if (name === undefined || host === this.#ownHost) return false;
    if (!elsewhere(name, hostName)) {
      this.#ownHost = host;
      return false;
    }
    const cause = "its host belongs to another certificate than that of the connection";
    this.refuse(exchange, "unknown-host", cause, undefined);
    return true;
  }

  /**
   * Carries out the verdict of a filter. This method is separate from `request` because it makes a closure: in
   * `request` the closure would cost every request, although most requests do not need it.
   */
  #settle(halt: Halt, exchange: Exchange): void {
    halt.settle(exchange, this, (backend) => {
      if (backend === undefined) this.#route(exchange);
      else this.#forward(exchange, this.#context.backends.get(backend), this.#context.filters);
    });
  }

  #route(exchange: Exchange): void {
    const { router, filters } = this.#context;
    const route = router.route(exchange.head);
    if (route?.filters === undefined) {
      this.#forward(exchange, route?.backend, filters);
      return;
    }
    const halt = route.filters.pass(exchange.head, this);
    if (halt === undefined) this.#forward(exchange, route.backend, route.filters);
    else this.#settleOnRoute(halt, exchange, route);
  }

  #settleOnRoute(halt: Halt, exchange: Exchange, { backend, filters }: Route<Backend>): void {
    halt.settle(exchange, this, (other) => {
      const chosen = other === undefined ? backend : this.#context.backends.get(other);
      this.#forward(exchange, chosen, filters);
    });
  }

  /** @param passed the last filter chain that the request has passed; undefined = none */
  #forward(
    exchange: Exchange,
    backend: Backend | undefined,
    passed: FilterChain | undefined,
  ): void {
    const edit = passed === undefined ? undefined : passed.editing(exchange.head, this);
    if (backend === undefined) this.refuse(exchange, "no-route", "no route matches", edit);
    else if (edit === undefined) forward(backend, exchange, this);
    else {
      const { name, via, log } = this.#context;
      const { client, remembered } = this;
      forward(backend, exchange, { frontend: name, via, client, remembered, edit, log });
    }
  }

  answer(exchange: Exchange, status: number, fields: Fields, body: Buffer): void {
    exchange.answer(status, reasonPhrase(status), fields, body);
    this.#log(exchange, status, "LR--", "");
  }

  refuse(
    exchange: Exchange,
    code: ProxyErrorCode,
    cause: string,
    edit: EditResponse | undefined,
  ): void {
    respondError(exchange, code, this.#context.via, this.#context.clock, edit);
    this.#log(exchange, PROXY_ERRORS[code].status, PROXY_ERRORS[code].termination, cause);
  }

  /**
   * Called when the exchange is aborted while a filter keeps the request waiting. The log reports that wait as a wait
   * in the queue.
   */
  aborted(exchange: Exchange, by: AbortCause): void {
    const [termination, cause] = abortTermination(by, "queue");
    this.#log(exchange, -1, termination, cause);
  }

  refused(refused: RefusedRequest): void {
    const { name, clock, log } = this.#context;
    log(refusedRecord(refused, this.client, name, name, clock));
  }

  left(): void {
    this.remembered.close();
  }

  /**
   * @param cause why the request failed; when empty, the reason phrase of the status is logged for
   * a status of 400 or more
   */
  #log(exchange: Exchange, status: number, termination: string, cause: string): void {
    const { name, clock, log } = this.#context;
    const record = accessRecord(exchange, this.client, name, name, clock);
    record.status = status;
    record.termination = termination;
    record.cause = cause === "" && status >= 400 ? reasonPhrase(status) : cause;
    log(record);
  }
}
