// The web tier of one box as a Service: files from its folders, everything else from the application
// tier. On the way down it stops accepting, finishes what runs, and lets go.
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Upstream } from "@tandem/balancer/backend";
import type { Config, LocationConfig } from "@tandem/config";
import { accessFormatter, type Telemetry } from "@tandem/telemetry";
import {
  attach,
  type Clock,
  type Deadlines,
  formatAddress,
  internalServerOptions,
  Listener,
  networkMatcher,
  type Service,
} from "@tandem/transport";
import { Connection } from "./connection.ts";
import { Frontend } from "./frontend.ts";
import { defineFrontendMetrics, FrontendCounters } from "./metrics.ts";
import { OpenFileCache } from "./static/open-file-cache.ts";
import { StaticFiles } from "./static/static-files.ts";

/** Each costs a descriptor, and one more while a large file goes out on it. */
const MAX_CONNECTIONS = 10_000;

export interface WebserverOptions {
  readonly config: Config;
  readonly box: string;
  /** The application tier; the webserver starts and stops it. Undefined = files only. */
  readonly upstream?: Upstream | undefined;
  readonly telemetry: Pick<Telemetry, "logger" | "accessLog" | "registry">;
  readonly clock: Clock;
  /** Its sweep is stopped with the webserver. */
  readonly deadlines: Deadlines;
}

export interface Webserver extends Service {
  /** Such as https://127.0.0.1:8081; empty until started. */
  addresses(): readonly string[];
  /** Bytes and files in memory. */
  readonly cache: OpenFileCache;
}

/** Wires the tier. Throws at once when the configuration cannot work; nothing is opened before `start`. */
export function createWebserver(options: WebserverOptions): Webserver {
  const { config, box, upstream, telemetry, clock, deadlines } = options;
  const tier = config.webserver;
  if (tier === undefined) throw new Error("webserver: this section is missing from the file");
  const address = config.cluster.boxes[box]?.webserver?.bind ?? tier.bind;
  if (address === undefined) {
    throw new Error(
      `webserver.bind: no address for box ${box}; set cluster.boxes.${box}.webserver.bind or webserver.bind`,
    );
  }
  const cache = new OpenFileCache(clock);
  const counters = new FrontendCounters();
  defineFrontendMetrics(telemetry.registry, counters, MAX_CONNECTIONS);
  const format = accessFormatter(config.telemetry.log.accessFormat);
  const frontend = new Frontend({
    ...{ config: tier, upstream, counters, clock },
    locations: tier.locations.map((location) => openLocation(location, cache)),
    identity: `${box}/web/${process.pid}`,
    via: `${box}-web`,
    log: (record) => telemetry.accessLog.write(format(record)),
  });
  const tls = tier.tls === undefined ? undefined : internalServerOptions(tier.tls);
  const trusts = networkMatcher(tier.trustedProxies);
  const connections = new Set<Connection>();
  let emptied: (() => void) | undefined;
  let stopped = false;
  const closed = (connection: Connection): void => {
    connections.delete(connection);
    if (connections.size === 0) emptied?.();
  };
  const listener = new Listener({
    address,
    ...(tls === undefined ? {} : { tls }),
    maxConnections: MAX_CONNECTIONS,
    accepted(socket) {
      if (stopped) {
        socket.destroy(); // its TLS handshake was under way when we stopped
        return;
      }
      const connection = new Connection(socket, {
        ...{ frontend, trusts, closed },
        tls: tls !== undefined,
      });
      connections.add(connection);
      attach(socket, connection, deadlines);
    },
    refused: (error) => telemetry.logger.info({ error: error.message }, "TLS handshake failed"),
  });
  let listening = false;
  const stop = async (): Promise<void> => {
    stopped = true;
    listener.close();
    for (const connection of connections) connection.stop();
    await upstream?.stop();
    deadlines.stop();
  };
  return {
    name: "webserver",
    cache,
    addresses() {
      if (!listening) return [];
      const where = formatAddress({ host: address.host, port: listener.port });
      return [`${tls === undefined ? "http" : "https"}://${where}`];
    },
    async start() {
      for (const [index, { root }] of tier.locations.entries()) checkRoot(root, index);
      await upstream?.start();
      await listener.listen();
      listening = true;
    },
    async drain(deadlineMs) {
      frontend.draining = true;
      listener.close();
      for (const connection of connections) connection.drain();
      if (connections.size > 0) {
        const { promise, resolve: done } = Promise.withResolvers<void>();
        emptied = done;
        const cut = clock.after(deadlineMs, done);
        await promise;
        cut.cancel();
      }
      await stop();
    },
    stop,
  };
}

function openLocation(location: LocationConfig, cache: OpenFileCache): StaticFiles {
  return new StaticFiles({ ...location, root: resolve(location.root) }, cache);
}

function checkRoot(root: string, index: number): void {
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new Error(
    `webserver.locations[${index}].root: ${root} is no folder; it is looked for in ${process.cwd()}`,
  );
}
