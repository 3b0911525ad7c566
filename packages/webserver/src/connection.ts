// One connection of a client: its requests go to a location, to the application tier or to an answer of
// our own, and each ends in one access line (health checks in none).
import { type ClientInfo, requestIdOf } from "@tandem/balancer/backend";
import type { Exchange } from "@tandem/http/exchange";
import { ClientSession, type RefusedRequest, type SessionHandler } from "@tandem/http/session";
import type { AccessRecord } from "@tandem/telemetry";
import type { Accepted, Deadline, Drainable, Session } from "@tandem/transport";
import { localRecord, refusal } from "./access.ts";
import type { Frontend } from "./frontend.ts";
import { LocalExchange } from "./local-exchange.ts";
import { answerOwn, ownPath } from "./own-paths.ts";

export interface ConnectionOptions {
  readonly frontend: Frontend;
  readonly tls: boolean;
  readonly deadline: Deadline;
  readonly trusts: (address: string) => boolean;
  /** Called once, when the connection is gone. */
  readonly closed: (connection: Connection) => void;
}

export class Connection implements Session, SessionHandler, Drainable {
  readonly #frontend: Frontend;
  readonly #session: ClientSession;
  readonly #client: ClientInfo;
  readonly #closed: (connection: Connection) => void;
  /** The exchange answered here, when it is to be logged. */
  #local: LocalExchange | undefined = undefined;
  /** Requests in flight when the one that runs began; 0 while it is one that does not count. */
  #rif = 0;

  constructor(
    { socket, address, port, localPort }: Accepted,
    { frontend, tls, deadline, trusts, closed }: ConnectionOptions,
  ) {
    const trusted = trusts(address);
    this.#frontend = frontend;
    this.#closed = closed;
    this.#client = {
      address,
      port,
      scheme: tls ? "https" : "http",
      serverPort: localPort,
      trusted,
      trusts,
      kept: undefined,
      privates: undefined,
    };
    const limits = trusted ? frontend.limits.proxied : frontend.limits.direct;
    this.#session = new ClientSession(socket, this, frontend.timers, limits, deadline);
    // Accepted just before the listener closed: its request is answered, and is its last.
    this.#session.draining = frontend.draining;
    frontend.counters.sessions += 1;
    frontend.counters.currentSessions += 1;
  }

  expired(): void {
    this.#session.expired();
  }

  receive(chunk: Buffer): void {
    this.#frontend.counters.bytesIn += chunk.length;
    this.#session.receive(chunk);
  }

  get bulk(): boolean {
    return this.#session.bulk;
  }

  receiveShared(memory: Buffer, length: number): void {
    this.#frontend.counters.bytesIn += length;
    this.#session.receiveShared(memory, length);
  }

  receiveOwned(chunk: Buffer): boolean {
    this.#frontend.counters.bytesIn += chunk.length;
    return this.#session.receiveOwned(chunk);
  }

  drained(): void {
    this.#session.drained();
  }

  ended(): void {
    this.#session.ended();
  }

  closed(): void {
    this.#session.closed();
    this.#frontend.counters.currentSessions -= 1;
    this.#closed(this);
  }

  set draining(on: boolean) {
    this.#session.draining = on;
  }

  get draining(): boolean {
    return this.#session.draining;
  }

  get idle(): boolean {
    return this.#session.idle;
  }

  leave(): void {
    this.#session.leave();
  }

  stop(): void {
    this.#session.stop();
  }

  request(exchange: Exchange): void {
    const frontend = this.#frontend;
    const { head } = exchange;
    frontend.counters.requests += 1;
    const mark = head.path.indexOf("?");
    const path = mark < 0 ? head.path : head.path.slice(0, mark);
    const routed = head.method !== "CONNECT" && head.method !== "TRACE" && path !== "*";
    const location = routed ? frontend.location(path) : undefined;
    const own = ownPath(path, head, this.#client);
    if (own !== undefined) {
      answerOwn(own, this.#answering(exchange), frontend);
      return;
    }
    this.#rif = frontend.meter.begin();
    if (location === undefined && routed && frontend.forwards) {
      frontend.forward(exchange, this.#client);
    } else {
      const local = this.#answering(exchange);
      this.#local = local;
      if (location === undefined) frontend.answer(local, path);
      else location.serve(local, path);
    }
  }

  refused(refused: RefusedRequest): void {
    const { counters, clock } = this.#frontend;
    counters.refusals += 1;
    if (refused.status > 0) counters.responded(refused.status);
    this.#log(refusal(refused, this.#client, clock));
  }

  finished(exchange: Exchange): void {
    const { counters, meter, clock } = this.#frontend;
    counters.bytesOut += exchange.bytesSent;
    if (this.#rif > 0) meter.end(this.#rif, clock.now() - exchange.headAt, exchange.status >= 500);
    this.#rif = 0;
    if (exchange.status !== 0) counters.responded(exchange.status);
    const local = this.#local;
    if (local?.exchange !== exchange) return;
    this.#local = undefined;
    this.#log(localRecord(local, this.#client, clock));
  }

  left(): void {
    this.#client.privates?.close();
  }

  #answering(exchange: Exchange): LocalExchange {
    const id = requestIdOf(exchange.head.fields, this.#client.trusted);
    return new LocalExchange(exchange, id, this.#frontend);
  }

  #log(record: AccessRecord): void {
    const { counters, log } = this.#frontend;
    record.actconn = counters.currentSessions;
    record.feconn = counters.currentSessions;
    log(record);
  }
}
