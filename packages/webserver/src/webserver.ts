// The web tier of one box as a Service. It serves files from its folders, and forwards all other
// requests to the application tier. `drain` lets the running requests finish, closes the port, and
// then releases all resources. `stop` does not wait for the requests.
import type { Upstream } from "@tandem/balancer/backend";
import type { Address, Config, LocationConfig, WebserverConfig } from "@tandem/config";
import { certificateGroups } from "@tandem/config/certificate-groups";
import { Front, hstsField, type Protocols } from "@tandem/front";
import { Fields } from "@tandem/http";
import { accessFormatter, type Telemetry } from "@tandem/telemetry";
import {
  CertificateWatch,
  type Clock,
  type Deadlines,
  descriptorLimit,
  edgeTls,
  formatAddress,
  internalServerOptions,
  type ListenerTls,
  logRefusal,
  networkMatcher,
  pseudonym,
  RefusalLog,
  type RefusedConnection,
  refuseIfTaken,
  type Service,
} from "@tandem/transport";
import { defineSiteMetrics, SiteCounters } from "./metrics.ts";
import { Site } from "./site.ts";
import { MediaTypes } from "./static/mime.ts";
import { OpenFileCache } from "./static/open-file-cache.ts";
import { locationFault } from "./static/root.ts";
import { StaticFiles } from "./static/static-files.ts";
import { Visitor } from "./visitor.ts";

/**
 * How many connections may be open at most. Each connection needs two file descriptors: one for its
 * socket, and one for the file that it is sent or for the connection to the application.
 */
const MOST_CONNECTIONS = 10_000;
const DESCRIPTORS_EACH = 2;
/** How many file descriptors are kept for other uses: Node's own, logs, health checks. */
const OWN_DESCRIPTORS = 128;
const LEAST_CONNECTIONS = 16;

export interface WebserverOptions {
  readonly config: Config;
  readonly box: string;
  /**
   * Forwards requests to the application tier. The webserver starts and stops this object, not the
   * appservers. Undefined = the webserver serves only files.
   */
  readonly upstream?: Upstream | undefined;
  readonly telemetry: Pick<Telemetry, "logger" | "accessLog" | "registry">;
  readonly clock: Clock;
  /** The timeouts of the connections. The webserver stops their common timer when it stops. */
  readonly deadlines: Deadlines;
  /** The protocols that clients may speak; all known protocols when absent. */
  readonly protocols?: Protocols | undefined;
  /** Whether the webserver starts even if another process listens on the same port. */
  readonly sharePorts?: boolean | undefined;
}

export class Webserver implements Service {
  readonly name = "webserver";
  /** The cache of files in memory. */
  readonly cache: OpenFileCache;
  readonly #options: WebserverOptions;
  readonly #config: WebserverConfig;
  readonly #address: Address;
  readonly #site: Site;
  readonly #front: Front;
  readonly #certificates: CertificateWatch;
  #started = false;

  /**
   * Throws when the configuration cannot work. No port and no connection is opened before `start`.
   */
  constructor(options: WebserverOptions) {
    const { config, box, telemetry, clock } = options;
    this.#options = options;
    this.#config = section(config);
    this.#address = bindAddress(config, box);
    this.cache = new OpenFileCache({
      clock,
      validMs: this.#config.openFileCache.valid,
      types: new MediaTypes(this.#config.types),
    });
    const counters = new SiteCounters();
    this.#site = openSite(options, this.#config, this.cache, counters);
    this.#front = this.#openFront(counters);
    this.#certificates = new CertificateWatch(clock, telemetry.logger);
  }

  /** Returns the addresses where the webserver listens, such as https://127.0.0.1:8081; empty until it has started. */
  addresses(): readonly string[] {
    if (!this.#started) return [];
    const where = formatAddress({ host: this.#address.host, port: this.#front.port });
    const plain = this.#config.tls === undefined && this.#config.edgeTls === undefined;
    return [`${plain ? "http" : "https"}://${where}`];
  }

  /** How many requests are being answered. */
  get inFlight(): number {
    return this.#site.meter.inFlight;
  }

  async start(): Promise<void> {
    for (const [index, location] of this.#config.locations.entries()) {
      const fault = locationFault(location, index);
      if (fault !== undefined) throw new Error(fault);
    }
    this.#certificates.look(
      certificateGroups(this.#options.config, this.#options.box).filter(
        ({ path: [section] }) => section === "webserver",
      ),
    );
    await this.#options.upstream?.start();
    if (this.#options.sharePorts !== true) await refuseIfTaken(this.#address, true);
    await this.#front.listen();
    this.#started = true;
  }

  async drain(deadlineMs: number, replaced = false): Promise<void> {
    // A health check on an open connection must not take the box out while another process serves in its place.
    this.#site.draining = !replaced;
    await this.#front.drain(deadlineMs, replaced);
    await this.stop();
  }

  async stop(): Promise<void> {
    this.#front.stop();
    await this.#options.upstream?.stop();
    this.cache.stop();
    this.#options.deadlines.stop();
    this.#certificates.stop();
  }

  #openFront(counters: SiteCounters): Front {
    const { clock, deadlines, protocols, telemetry } = this.#options;
    const { edgeTls: edge, timeouts, limits, trustedProxies } = this.#config;
    const tls = listenerTls(this.#config);
    const { tell: refused } = new RefusalLog<RefusedConnection>(clock, (refused, unsaid) =>
      logRefusal(telemetry.logger, refused, unsaid),
    );
    return new Front({
      ...{ clock, deadlines, counters, protocols },
      listener: {
        address: this.#address,
        ...(tls && { tls }),
        reusePort: true, // a new process can be started on the same port while this one runs
        maxConnections: maxConnections(),
        refused,
      },
      terms: {
        ...{ timeouts, limits, trusts: networkMatcher(trustedProxies) },
        ownField: edge?.hsts && hstsField(edge.hsts),
      },
      meet: (client) => new Visitor(this.#site, client),
    });
  }
}

function section(config: Config): WebserverConfig {
  if (config.webserver !== undefined) return config.webserver;
  throw new Error("webserver: this section is missing from the file");
}

function bindAddress(config: Config, box: string): Address {
  const address = config.cluster.boxes[box]?.webserver?.bind ?? config.webserver?.bind;
  if (address !== undefined) return address;
  throw new Error(
    `webserver.bind: no address for box ${box}; set cluster.boxes.${box}.webserver.bind or webserver.bind`,
  );
}

/** Returns what the listener shows to browsers, or to the balancer; undefined = plain HTTP. */
function listenerTls({ edgeTls: edge, tls }: WebserverConfig): ListenerTls | undefined {
  if (edge !== undefined) return edgeTls(edge, "webserver.edgeTls");
  return tls && { fallback: internalServerOptions(tls, "webserver.tls") };
}

function openSite(
  { config: { site, telemetry: format }, box, upstream, telemetry, clock }: WebserverOptions,
  config: WebserverConfig,
  cache: OpenFileCache,
  counters: SiteCounters,
): Site {
  defineSiteMetrics(telemetry.registry, counters, maxConnections());
  const line = accessFormatter(format.log.accessFormat);
  return new Site({
    ...{ config, upstream, counters, clock },
    locations: config.locations.map((location, index) => openLocation(location, index, cache)),
    identity: `${box}/web/${process.pid}`,
    via: pseudonym(`${box}-web`, [site]),
    log: (record) => telemetry.accessLog.record(line, record),
  });
}

function openLocation(location: LocationConfig, index: number, cache: OpenFileCache): StaticFiles {
  try {
    new Fields().add("Cache-Control", location.cacheControl);
  } catch {
    throw new Error(
      `webserver.locations[${index}].cacheControl: not the value of a header field; write it like "public, max-age=300"`,
    );
  }
  return new StaticFiles(location, cache);
}

/**
 * Returns how many connections may be open: as many as this process has file descriptors for, but
 * at least LEAST_CONNECTIONS and at most MOST_CONNECTIONS.
 */
function maxConnections(): number {
  const fitting = Math.floor((descriptorLimit() - OWN_DESCRIPTORS) / DESCRIPTORS_EACH);
  return Math.min(MOST_CONNECTIONS, Math.max(LEAST_CONNECTIONS, fitting));
}
