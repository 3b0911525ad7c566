// The proxy under attack: Tandem, or another one to compare with. Each listens for HTTP/2 on one port and for HTTP/1.1 on
// another, has one thread for traffic, and short timeouts, so that what they end is seen within an attack.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { haproxy, haproxyConfig } from "../peers/haproxy.ts";
import { nginx, nginxConfig } from "../peers/nginx.ts";
import type { PeerSetup } from "../peers/peer.ts";
import { descriptorLimit } from "../process/descriptors.ts";
import { freePort } from "../process/free-port.ts";
import { Started } from "../process/started.ts";
import { answers } from "../run/running-peer.ts";

export const STANDS = ["tandem", "haproxy", "nginx"] as const;
export type StandName = (typeof STANDS)[number];

/** What Tandem's status says of the frontend under attack. */
export interface Counted {
  readonly openConnections: number;
  readonly openStreams: number;
  readonly ended: Readonly<Record<string, number>>;
  readonly resetsSent: Readonly<Record<string, number>>;
}

export interface Stand extends AsyncDisposable {
  readonly name: StandName;
  readonly pid: number;
  readonly h1: number;
  readonly h2: number;
  /** Returns what was counted so far; undefined for a proxy other than Tandem. */
  counted(): Promise<Counted | undefined>;
}

interface Ports {
  readonly h1: number;
  readonly admin: number;
}

const ENTRY = join(import.meta.dirname, "../../../packages/balancer/bin/tandem-balancer.ts");
const SECONDS = 2;

const tandemYaml = ({ port, originPort }: PeerSetup, { h1, admin }: Ports): string => `site: abuse
balancer:
  threads: 1
  frontends:
    under-attack:
      bind: 127.0.0.1:${port}
      proto: h2
      routes: [{ backend: origin }]
      timeouts: { client: ${SECONDS}s, httpRequest: ${SECONDS}s, httpKeepAlive: 60s }
    beside:
      bind: 127.0.0.1:${h1}
      routes: [{ backend: origin }]
  backends:
    origin:
      servers: { origin: { address: 127.0.0.1:${originPort} } }
      check: false
      maxIdle: 1024
  admin: { bind: 127.0.0.1:${admin} }
telemetry: { log: { level: error } }
`;

const haproxyText = (setup: PeerSetup, { h1 }: Ports): string =>
  haproxyConfig({ ...setup, http2: true })
    .replace("timeout http-request 10s", `timeout http-request ${SECONDS}s`)
    .replace("timeout client 30s", `timeout client ${SECONDS}s`)
    .replace("  default_backend", `  bind 127.0.0.1:${h1}\n  default_backend`);

const nginxText = (setup: PeerSetup, { h1 }: Ports): string =>
  nginxConfig({ ...setup, http2: true })
    .replace("client_header_timeout 10s", `client_header_timeout ${SECONDS}s`)
    .replace("client_body_timeout 30s", `client_body_timeout ${SECONDS}s`)
    .replace("send_timeout 30s", `send_timeout ${SECONDS}s`)
    .replace("    location /", `    listen 127.0.0.1:${h1};\n    location /`);

const COMMANDS: Readonly<
  Record<
    StandName,
    (
      setup: PeerSetup,
      ports: Ports,
    ) => readonly [file: string, text: string, command: readonly string[]]
  >
> = {
  tandem: (setup, ports) => [
    "tandem.yaml",
    tandemYaml(setup, ports),
    [process.execPath, ENTRY, "--config", join(setup.directory, "tandem.yaml")],
  ],
  haproxy: (setup, ports) => [
    "haproxy.cfg",
    haproxyText(setup, ports),
    haproxy.command(setup).command,
  ],
  nginx: (setup, ports) => ["nginx.conf", nginxText(setup, ports), nginx.command(setup).command],
};

/** Returns why the proxy cannot run on this machine; undefined when it can. */
export function missing(name: StandName): string | undefined {
  return { tandem: undefined, haproxy: haproxy.missing(), nginx: nginx.missing() }[name];
}

/** Starts a proxy before the origin. Resolves when it answers. Throws with its own words when it does not start. */
export async function startStand(
  name: StandName,
  originPort: number,
  folder: string,
): Promise<Stand> {
  const [port, h1, admin] = [await freePort(), await freePort(), await freePort()];
  const directory = join(folder, `${name}-${port}`);
  mkdirSync(directory);
  const { limit, prefix } = descriptorLimit();
  const setup: PeerSetup = { port, originPort, maxDescriptors: limit, directory };
  const [file, text, command] = COMMANDS[name](setup, { h1, admin });
  writeFileSync(join(directory, file), text);
  const started = await Started.start([...prefix, ...command], { cwd: directory, quiet: true });
  const counted = async () => (name === "tandem" ? countedBy(admin) : undefined);
  const ready = async () => (await answers(h1, false)) && (await counted().then(yes, no));
  while (!(await ready())) {
    if (started.ended) throw new Error(`${name} did not start: ${started.complaint}`);
    await sleep(20);
  }
  return {
    ...{ name, pid: started.pid, h1, h2: port },
    counted,
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}

const yes = (): boolean => true;
const no = (): boolean => false;

async function countedBy(admin: number): Promise<Counted | undefined> {
  const response = await fetch(`http://127.0.0.1:${admin}/api/v1/status`);
  const { frontends } = (await response.json()) as {
    readonly frontends: readonly { readonly name: string; readonly h2: Counted }[];
  };
  return frontends.find(({ name }) => name === "under-attack")?.h2;
}
