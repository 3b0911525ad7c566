// Handles one connection of a client. Each request is answered with a file, forwarded to the
// application tier, or given an answer of the webserver's own. Each request ends in one access
// line, except requests for the webserver's own paths (health, readiness, load). Each request keeps
// its state in an object of its own, because some protocols have many requests on a connection at
// once.
import { Remembered, requestIdOf } from "@tandem/balancer/backend";
import type { Client, Handler } from "@tandem/front";
import type { Exchange } from "@tandem/http/exchange";
import type { RefusedRequest } from "@tandem/http/session";
import { localRecord, refusal } from "./access.ts";
import { ForwardedRequest } from "./forwarded-request.ts";
import { LocalExchange, type LocalLog } from "./local-exchange.ts";
import { answerOwn, ownPath } from "./own-paths.ts";
import type { Site } from "./site.ts";

export class Visitor implements Handler, LocalLog {
  readonly client: Client;
  readonly remembered: Remembered;
  readonly #site: Site;

  constructor(site: Site, client: Client) {
    this.#site = site;
    this.client = client;
    this.remembered = new Remembered(client);
  }

  request(exchange: Exchange): void {
    const site = this.#site;
    const { head } = exchange;
    const mark = head.path.indexOf("?");
    const path = mark < 0 ? head.path : head.path.slice(0, mark);
    const routed = head.method !== "CONNECT" && head.method !== "TRACE" && path !== "*";
    const location = routed ? site.location(path) : undefined;
    const own = ownPath(path, head, this.client);
    if (own !== undefined) {
      answerOwn(own, new LocalExchange(exchange, this.#idOf(exchange), site), site);
      return;
    }
    const rif = site.meter.begin();
    if (location === undefined && routed && site.forwards) {
      site.forward(exchange, new ForwardedRequest(exchange, site, this, rif));
      return;
    }
    const local = new LocalExchange(exchange, this.#idOf(exchange), site, this, rif);
    if (location === undefined) site.answer(local, path);
    else location.serve(local, path);
  }

  refused(refused: RefusedRequest): void {
    this.#site.record(refusal(refused, this.client, this.#site.clock));
  }

  left(): void {
    this.remembered.close();
  }

  over(local: LocalExchange): void {
    const site = this.#site;
    site.leave(local.exchange, local.rif);
    site.record(localRecord(local, this.client, site.clock));
  }

  #idOf({ head }: Exchange): string {
    return requestIdOf(head.fields, this.client.trusted);
  }
}
