// Makes the configuration of a site on two boxes, both on this machine. Each box has a balancer, a webserver and an
// appserver.

export const BOXES = ["box1", "box2"] as const;
export type Box = (typeof BOXES)[number];
export type TierName = "balancer" | "webserver" | "appserver";

export type Ports = Readonly<Record<Box, Readonly<Record<TierName | "admin", number>>>>;

export interface SiteOptions {
  readonly folder: string;
  readonly ports: Ports;
  /** Whether browsers are served over TLS and the tiers use mutual TLS between each other. */
  readonly tls: boolean;
  readonly database: string;
}

/** The placeholder in a configuration file that Tandem replaces by the name of the box. */
const THIS_BOX = `$\{BOX}`;
const APPLICATION = `${import.meta.dirname}/application`;

/**
 * Returns the configuration for one box. A file has one section for all balancers, but on one
 * machine the two balancers need different ports. So each box has a file of its own.
 */
export function siteConfig(box: Box, { folder, ports, tls, database }: SiteOptions): object {
  const own = ports[box];
  const tlsFolder = `${folder}/state/tls`;
  const pair = (name: string) => ({
    cert: `${tlsFolder}/${name}.crt`,
    key: `${tlsFolder}/${name}.key`,
  });
  const edge = tls ? { tls: { certificates: [pair("site")] } } : {};
  const internal = tls ? { tls: { ca: `${tlsFolder}/ca.crt`, ...pair(THIS_BOX) } } : {};
  const servers = (tier: TierName) =>
    Object.fromEntries(BOXES.map((name) => [name, { address: `127.0.0.1:${ports[name][tier]}` }]));
  const check = {
    http: { path: "/readyz" },
    interval: "750ms",
    timeout: "750ms",
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
      frontends: { front: { ...bind(box, "balancer"), ...edge, routes: [{ backend: "web" }] } },
      backends: { web: { balance, servers: servers("webserver"), check, ...internal } },
      admin: { bind: `127.0.0.1:${own.admin}` },
    },
    webserver: {
      locations: [{ path: "/files/", root: `${folder}/files` }],
      upstream: { servers: servers("appserver"), prefer: "same-box", check, ...internal },
      trustedProxies: ["127.0.0.1"],
      ...internal,
    },
    appserver: {
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
