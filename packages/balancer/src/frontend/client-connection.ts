// A client's connection at a frontend: its requests are redirected or routed to a backend, and what became of each is
// logged. It knows none of them: many may be under way at once.
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
import { forward } from "../exchange/forward.ts";
import type { ForwardOptions } from "../exchange/forward-options.ts";
import { PROXY_ERRORS, type ProxyErrorCode } from "../exchange/proxy-error.ts";
import { Remembered } from "../exchange/remembered.ts";
import { respondError, respondRedirect } from "../exchange/respond.ts";
import type { Router } from "../route/router.ts";
import type { EditResponse, Interceptor, Passage } from "./interceptor.ts";
import { type Redirect, redirectLocation } from "./redirect.ts";

/** What all connections of a frontend share. */
export interface FrontendContext {
  readonly name: string;
  readonly via: string;
  // A reload puts others in their place.
  redirect: Redirect | undefined;
  router: Router<Backend>;
  backends: ReadonlyMap<string, Backend>;
  readonly interceptor: Interceptor | undefined;
  readonly clock: Clock;
  readonly log: (record: AccessRecord) => void;
}

/** It is itself what requests are forwarded with, so that none of them needs a record for it. */
export class ClientConnection implements Handler, Passage, ForwardOptions {
  readonly client: Client;
  readonly remembered = new Remembered();
  readonly #context: FrontendContext;

  constructor(context: FrontendContext, client: Client) {
    this.#context = context;
    this.client = client;
  }

  get frontend(): string {
    return this.#context.name;
  }

  get via(): string {
    return this.#context.via;
  }

  get response(): undefined {
    return undefined;
  }

  log(record: AccessRecord): void {
    this.#context.log(record);
  }

  request(exchange: Exchange): void {
    const { redirect, interceptor } = this.#context;
    if (redirect !== undefined) this.#redirect(exchange, redirect);
    else if (interceptor !== undefined) interceptor.request(exchange, this);
    else this.forward(exchange, undefined, undefined);
  }

  forward(
    exchange: Exchange,
    wanted: string | undefined,
    response: EditResponse | undefined,
  ): void {
    const { router, backends, name, via, log } = this.#context;
    const { head } = exchange;
    const route = wanted === undefined ? router.route(head) : undefined;
    const backend = wanted === undefined ? route?.backend : backends.get(wanted);
    const character = route?.refused(head.path);
    if (backend === undefined) this.refuse(exchange, "no-route", "no route matches", response);
    else if (character !== undefined) {
      const cause = `its path has ${character}, which the route refuses (refuseEncoded)`;
      this.refuse(exchange, "bad-request", cause, response);
    } else if (response === undefined) forward(backend, exchange, this);
    else {
      const { client, remembered } = this;
      forward(backend, exchange, { frontend: name, via, client, remembered, response, log });
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
    response?: EditResponse | undefined,
  ): void {
    respondError(exchange, code, this.#context.via, this.#context.clock, response);
    this.#log(exchange, PROXY_ERRORS[code].status, PROXY_ERRORS[code].termination, cause);
  }

  /** Waiting for the interceptor is told as waiting in the queue. */
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

  #redirect(exchange: Exchange, redirect: Redirect): void {
    const to = redirectLocation(exchange.head, redirect);
    if ("location" in to) {
      respondRedirect(exchange, redirect.status, to.location, this.#context.clock);
      this.#log(exchange, redirect.status, "LR--", "");
    } else if (to.unknown === "") {
      this.refuse(exchange, "bad-request", "a redirect needs the host the client asked for");
    } else {
      const cause =
        "its host is none of the site's names; if it should be, add it to redirect.hosts";
      this.refuse(exchange, "unknown-host", cause);
    }
  }

  /** @param cause why it did not end well; the status's own words are enough when it is "" */
  #log(exchange: Exchange, status: number, termination: string, cause: string): void {
    const { name, clock, log } = this.#context;
    const record = accessRecord(exchange, this.client, name, name, clock);
    record.status = status;
    record.termination = termination;
    record.cause = cause === "" && status >= 400 ? reasonPhrase(status) : cause;
    log(record);
  }
}
