// The part of the webserver that all its connections share. It knows where each request goes, and
// records each request that has ended.
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
  /** The name of this process in x-served-by, such as `box1/web/4711` (4711 is the process id). */
  readonly identity: string;
  /** The webserver's name in the field Via. */
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
  /** The webserver's name in the field Via. */
  readonly via: string;
  /** Edits the answers of the application tier; undefined = the answers go out unchanged. */
  readonly edit: EditResponse | undefined;
  readonly #counters: SiteCounters;
  readonly #log: (record: AccessRecord) => void;
  readonly #loadReport: boolean;
  readonly #upstream: Upstream | undefined;
  /** The locations (URL prefixes with their folders of files), the longest prefix first. */
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

  /** Returns the location that a path belongs to; undefined when the path belongs to none. */
  location(path: string): StaticFiles | undefined {
    return this.#locations.find(({ prefix }) => path.startsWith(prefix));
  }

  /** Whether there is an application tier, to which requests outside the locations of files are forwarded. */
  get forwards(): boolean {
    return this.#upstream !== undefined;
  }

  /** Hands the exchange to the application tier. Must be called only when `forwards` is true. */
  forward(exchange: Exchange, options: ForwardOptions): void {
    this.#upstream?.forward(exchange, options);
  }

  /**
   * Tells the load meter that a request has ended. `rif` is the number of requests in flight that
   * the meter returned when this request began.
   */
  leave(exchange: Exchange, rif: number): void {
    this.meter.end(rif, this.clock.now() - exchange.headAt, exchange.status >= 500);
  }

  /** Writes an access record to the log. */
  record(record: AccessRecord): void {
    record.actconn = this.#counters.currentSessions;
    record.feconn = this.#counters.currentSessions;
    this.#log(record);
  }

  /** Answers a request that is neither for a file nor forwarded. */
  answer(local: LocalExchange, path: string): void {
    const { method } = local.exchange.head;
    if (method === "CONNECT" || method === "TRACE") local.fail(405, `${method} refused`, METHODS);
    else if (path === "*") {
      const fields = local.fields();
      fields.add("Allow", METHODS[0][1]);
      local.bare(204, fields);
    } else local.fail(404, "no location and no upstream");
  }

  /** Adds the webserver's load to the fields of an answer, if `loadReport` is configured. */
  tellLoad(fields: Fields): void {
    if (this.#loadReport) fields.set(LOAD_FIELD, this.meter.recent());
  }

  /**
   * Returns what the webserver can do now. It can always serve files, unless it drains. It can
   * serve pages while at least one of its appservers can.
   */
  readiness(): Readiness {
    if (this.draining) return DRAINING;
    return this.#upstream?.readiness() ?? FILES_ONLY;
  }
}
