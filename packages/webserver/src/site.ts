// What the tier serves, shared by all its connections: where a request goes, and where its end is told.
import type { EditResponse, ForwardOptions, Upstream } from "@tandem/balancer/backend";
import type { WebserverConfig } from "@tandem/config";
import type { Fields } from "@tandem/http";
import type { Exchange } from "@tandem/http/exchange";
import { type AccessRecord, LOAD_FIELD, LoadMeter, type Readiness } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";
import type { LocalExchange, Origin } from "./local-exchange.ts";
import type { SiteCounters } from "./metrics.ts";
import type { Telling } from "./own-paths.ts";
import { addServedBy } from "./served-by.ts";
import type { StaticFiles } from "./static/static-files.ts";

export interface SiteOptions {
  readonly config: WebserverConfig;
  readonly locations: readonly StaticFiles[];
  readonly upstream: Upstream | undefined;
  readonly counters: SiteCounters;
  readonly clock: Clock;
  /** Box and process, as x-served-by says it. */
  readonly identity: string;
  /** The tier's name in Via. */
  readonly via: string;
  readonly log: (record: AccessRecord) => void;
}

const METHODS = [["Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"]] as const;
const DRAINING: Readiness = { status: "fail", draining: true, output: "draining", checks: {} };
const FILES_ONLY: Readiness = { status: "pass", draining: false, output: "", checks: {} };

export class Site implements Origin, Telling {
  draining = false;
  readonly clock: Clock;
  readonly servedBy: string | undefined;
  readonly meter: LoadMeter;
  readonly identity: string;
  /** The tier's name in Via. */
  readonly via: string;
  /** Edits the answers of the application tier; undefined = they go out as they are. */
  readonly edit: EditResponse | undefined;
  readonly #counters: SiteCounters;
  readonly #log: (record: AccessRecord) => void;
  readonly #loadReport: boolean;
  readonly #upstream: Upstream | undefined;
  /** Longest prefix first. */
  readonly #locations: readonly StaticFiles[];

  constructor({ config, clock, identity, locations, ...rest }: SiteOptions) {
    this.clock = clock;
    this.identity = identity;
    this.via = rest.via;
    this.#counters = rest.counters;
    this.#log = rest.log;
    this.servedBy = config.servedBy ? identity : undefined;
    this.meter = new LoadMeter(() => clock.now());
    this.#loadReport = config.loadReport;
    const { servedBy, loadReport } = config;
    this.edit =
      servedBy || loadReport
        ? (fields) => {
            if (servedBy) addServedBy(fields, identity);
            this.tellLoad(fields);
            return undefined;
          }
        : undefined;
    this.#upstream = rest.upstream;
    this.#locations = locations.toSorted((a, b) => b.prefix.length - a.prefix.length);
  }

  /** The location of a path, when it has one. */
  location(path: string): StaticFiles | undefined {
    return this.#locations.find(({ prefix }) => path.startsWith(prefix));
  }

  /** Whether requests that are for no location can go on to another tier. */
  get forwards(): boolean {
    return this.#upstream !== undefined;
  }

  /** Hands the exchange to the application tier. Only when `forwards`. */
  forward(exchange: Exchange, options: ForwardOptions): void {
    this.#upstream?.forward(exchange, options);
  }

  /** A request for which the meter gave `rif` is over. */
  leave(exchange: Exchange, rif: number): void {
    this.meter.end(rif, this.clock.now() - exchange.headAt, exchange.status >= 500);
  }

  /** Writes an access record to the log. */
  record(record: AccessRecord): void {
    record.actconn = this.#counters.currentSessions;
    record.feconn = this.#counters.currentSessions;
    this.#log(record);
  }

  /** Answers what is neither a file nor forwarded. */
  answer(local: LocalExchange, path: string): void {
    const { method } = local.exchange.head;
    if (method === "CONNECT" || method === "TRACE") local.fail(405, `${method} refused`, METHODS);
    else if (path === "*") {
      const fields = local.fields();
      fields.add("Allow", METHODS[0][1]);
      local.bare(204, fields);
    } else local.fail(404, "no location and no upstream");
  }

  /** Puts the tier's load into an answer, when it is configured to. */
  tellLoad(fields: Fields): void {
    if (this.#loadReport) fields.set(LOAD_FIELD, this.meter.recent());
  }

  /** What this tier can do now: files always, pages while one of its appservers can. */
  readiness(): Readiness {
    if (this.draining) return DRAINING;
    return this.#upstream?.readiness() ?? FILES_ONLY;
  }
}
