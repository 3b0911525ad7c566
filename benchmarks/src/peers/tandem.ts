// Tandem's balancer: one data thread, its access log to /dev/null like the others'.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Peer, PeerSetup } from "./peer.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** The `tandem.yaml` of one frontend before one server. */
export function tandemConfig({ port, originPort, directory, tls }: PeerSetup): string {
  const certificate =
    tls === undefined
      ? ""
      : `      tls: { certificates: [{ cert: ${tls.cert}, key: ${tls.key} }] }\n`;
  return `site: bench
state: ${directory}
balancer:
  threads: 1
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
  return {
    name,
    kind: "proxy",
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
      files: { "tandem.yaml": tandemConfig(setup) },
    }),
  };
}

export const tandem = tandemAt(ROOT);
