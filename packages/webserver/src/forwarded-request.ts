// A request that is forwarded to the application tier. It holds the data that the forwarding engine needs, and counts
// towards the webserver's reported load until the request has ended.
import type { EditResponse, ForwardOptions, Remembered } from "@tandem/balancer/backend";
import type { Client } from "@tandem/front";
import type { Exchange } from "@tandem/http/exchange";
import type { AccessRecord } from "@tandem/telemetry";
import { FRONTEND } from "./names.ts";
import type { Site } from "./site.ts";

/** The connection that the request came on. */
interface Origin {
  readonly client: Client;
  readonly remembered: Remembered;
}

export class ForwardedRequest implements ForwardOptions {
  readonly frontend = FRONTEND;
  readonly #exchange: Exchange;
  readonly #site: Site;
  readonly #origin: Origin;
  /** How many requests were in flight when this request began, this request included. */
  readonly #rif: number;

  constructor(exchange: Exchange, site: Site, origin: Origin, rif: number) {
    this.#exchange = exchange;
    this.#site = site;
    this.#origin = origin;
    this.#rif = rif;
  }

  get via(): string {
    return this.#site.via;
  }

  get client(): Client {
    return this.#origin.client;
  }

  get remembered(): Remembered {
    return this.#origin.remembered;
  }

  get edit(): EditResponse | undefined {
    return this.#site.edit;
  }

  log(record: AccessRecord): void {
    this.#site.leave(this.#exchange, this.#rif);
    this.#site.record(record);
  }
}
