// Makes the configuration of a site on two boxes, both on this machine. Each box has a balancer, a webserver and an
// appserver.

export const BOXES = ["box1", "box2"] as const;
export type Box = (typeof BOXES)[number];
export type TierName = "balancer" | "webserver" | "appserver";

export type Ports = Readonly<Record<Box, Readonly<Record<TierName | "admin" | "tcp", number>>>>;

/** The ports of servers that are no part of the site: its balancers lead to them, and nothing restarts them. */
export interface EchoPorts {
  /** Of HTTP servers, which have everything below the path /echo/. */
  readonly http: readonly number[];
  /** Of gRPC servers, which have every method of the service echo.Echo. */
  readonly grpc: readonly number[];
  /** Of TCP servers, behind the port `tcp` of each balancer. */
  readonly tcp: readonly number[];
}

export interface SiteOptions {
  readonly folder: string;
  readonly ports: Ports;
  /** Whether browsers are served over TLS and the tiers use mutual TLS between each other. */
  readonly tls: boolean;
  readonly database: string;
  readonly echo?: EchoPorts | undefined;
  /** How long each tier may take to drain, as in the file; 10 s when absent. */
  readonly drain?: string | undefined;
  /** The time between two health checks, and how long each may wait for its answer; 750 ms when absent. */
  readonly checkInterval?: string | undefined;
}

/** The placeholder in a configuration file that Tandem replaces by the name of the box. */
const THIS_BOX = `$\{BOX}`;
const APPLICATION = `${import.meta.dirname}/application`;

/**
 * Returns the configuration for one box. A file has one section for all balancers, but on one
 * machine the two balancers need different ports. So each box has a file of its own.
 */
export function siteConfig(box: Box, options: SiteOptions): object {
  const { folder, ports, tls, database, echo, checkInterval = "750ms" } = options;
  const own = ports[box];
  const tlsFolder = `${folder}/state/tls`;
  const pair = (name: string) => ({
    cert: `${tlsFolder}/${name}.crt`,
    key: `${tlsFolder}/${name}.key`,
  });
  const edge = tls ? { tls: { certificates: [pair("site")], alpn: ["h2", "http/1.1"] } } : {};
  const drain = options.drain === undefined ? {} : { drain: options.drain };
  const internal = tls ? { tls: { ca: `${tlsFolder}/ca.crt`, ...pair(THIS_BOX) } } : {};
  const servers = (tier: TierName) =>
    Object.fromEntries(BOXES.map((name) => [name, { address: `127.0.0.1:${ports[name][tier]}` }]));
  const check = {
    http: { path: "/readyz" },
    ...{ interval: checkInterval, timeout: checkInterval },
    rise: 2,
    fall: 3,
  };
  const balance = { algorithm: "round-robin" }; // with few visitors, other algorithms might use one server only
  const bind = (name: Box, tier: TierName) => ({ bind: `127.0.0.1:${ports[name][tier]}` });
  return {
    site: "soak.test",
    state: `${folder}/state`,
    balancer: {
      threads: 2,
      ...drain,
      frontends: {
        front: {
          ...bind(box, "balancer"),
          ...edge,
          routes: [...(echo ? ECHO_ROUTES : []), { backend: "web" }],
        },
        ...(echo && {
          tcp: { bind: `127.0.0.1:${own.tcp}`, mode: "tcp", routes: [{ backend: "bytes" }] },
        }),
      },
      backends: {
        web: { balance, servers: servers("webserver"), check, ...internal },
        ...(echo && echoBackends(echo)),
      },
      admin: { bind: `127.0.0.1:${own.admin}` },
    },
    webserver: {
      ...drain,
      locations: [{ path: "/files/", root: `${folder}/files` }],
      upstream: { servers: servers("appserver"), prefer: "same-box", check, ...internal },
      trustedProxies: ["127.0.0.1"],
      ...internal,
    },
    appserver: {
      ...drain,
      app: APPLICATION,
      database: { url: database },
      trustProxy: ["127.0.0.1"],
      ...internal,
    },
    cluster: {
      boxes: Object.fromEntries(
        BOXES.map((name) => [
          name,
          {
            balancer: true,
            webserver: bind(name, "webserver"),
            appserver: bind(name, "appserver"),
          },
        ]),
      ),
    },
    telemetry: { log: { level: "warn", directory: `${folder}/logs` } },
  };
}

const ECHO_ROUTES: readonly object[] = [
  { match: { path: "/echo/*" }, backend: "echo" },
  { match: { path: "/echo.Echo/*" }, backend: "calls" },
];

function echoBackends({ http, grpc, tcp }: EchoPorts): object {
  const servers = (ports: readonly number[]) =>
    Object.fromEntries(
      ports.map((port, index) => [`echo${index + 1}`, { address: `127.0.0.1:${port}` }]),
    );
  return {
    echo: { servers: servers(http), check: "tcp" },
    calls: { proto: "h2", servers: servers(grpc), check: "tcp" },
    bytes: { mode: "tcp", servers: servers(tcp), check: "tcp" },
  };
}
