// Tandem's balancer: one data thread, or two, its access log to /dev/null like the others'.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Peer, PeerSetup } from "./peer.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** The `tandem.yaml` of one frontend before one server. */
export function tandemConfig(
  { port, originPort, directory, tls }: PeerSetup,
  threads: 1 | 2 = 1,
): string {
  const certificate =
    tls === undefined
      ? ""
      : `      tls: { certificates: [{ cert: ${tls.cert}, key: ${tls.key} }] }\n`;
  return `site: bench
state: ${directory}
balancer:
  threads: ${threads}
  frontends:
    front:
      bind: 127.0.0.1:${port}
${certificate}      routes: [{ backend: origin }]
  backends:
    origin:
      servers: { origin: { address: 127.0.0.1:${originPort} } }
      maxIdle: 1024
      timeouts: { idle: 60s }
telemetry: { log: { level: error } }
`;
}

/** The balancer of a working tree of this project: this one, or another revision's. */
export function tandemAt(root: string, name = "tandem"): Peer {
  return { ...withThreads(1, root, name), twoThreads: withThreads(2, root, `${name}-2-threads`) };
}

function withThreads(threads: 1 | 2, root: string, name: string): Peer {
  return {
    name,
    kind: "proxy",
    runtime: "node",
    missing: () => undefined,
    version() {
      const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
        version: string;
      };
      return version;
    },
    command: (setup) => ({
      command: [
        process.execPath,
        join(root, "packages/balancer/bin/tandem-balancer.ts"),
        "--config",
        join(setup.directory, "tandem.yaml"),
      ],
      files: { "tandem.yaml": tandemConfig(setup, threads) },
    }),
  };
}

export const tandem = tandemAt(ROOT);
