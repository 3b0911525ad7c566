// Tandem's balancer as a peer, with one data thread or two. Its access log goes to /dev/null, like the other peers'
// logs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EVERYTHING } from "./demands.ts";
import { type Peer, type PeerSetup, SERVER_NAME } from "./peer.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Writes a `tandem.yaml` for one frontend and one server. */
export function tandemConfig(
  { port, originPort, directory, tls, http2, tcp, originTls }: PeerSetup,
  threads: 1 | 2 = 1,
): string {
  const certificate =
    tls === undefined
      ? ""
      : `      tls: { certificates: [{ cert: ${tls.cert}, key: ${tls.key} }] }\n`;
  const mode = tcp ? "      mode: tcp\n" : "";
  const toOrigin =
    originTls &&
    `      tls: { ca: ${originTls.cert}, cert: ${originTls.cert}, key: ${originTls.key} }\n`;
  return `site: bench
state: ${directory}
balancer:
  threads: ${threads}
  frontends:
    front:
      bind: 127.0.0.1:${port}
${mode}${certificate}${http2 === true ? "      proto: h2\n" : ""}      routes: [{ backend: ${SERVER_NAME} }]
  backends:
    ${SERVER_NAME}:
${mode}${toOrigin ?? ""}      servers: { ${SERVER_NAME}: { address: 127.0.0.1:${originPort} } }
${tcp ? "" : "      maxIdle: 1024\n      timeouts: { idle: 60s }\n"}telemetry: { log: { level: error } }
`;
}

/**
 * Returns the balancer of a working tree of this project (this tree, or the tree of another revision) as a peer, so
 * that the benchmark can run it beside the other proxies. For another revision, `commit` is shown as its version.
 */
export function tandemAt(root: string, name = "tandem", commit?: string): Peer {
  const version = () => commit ?? packageVersionOf(root);
  const [one, two] = [withThreads(1, root, name), withThreads(2, root, `${name}-2-threads`)];
  return { ...one, version, twoThreads: { ...two, version } };
}

function packageVersionOf(root: string): string {
  const file = readFileSync(join(root, "package.json"), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}

function withThreads(threads: 1 | 2, root: string, name: string): Omit<Peer, "version"> {
  return {
    name,
    kind: "proxy",
    runtime: "node",
    abilities: EVERYTHING,
    missing: () => undefined,
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
