// A peer that is a program of the folder `proxies/`. It runs on the same Node as this benchmark.
import { join } from "node:path";
import type { Abilities } from "./demands.ts";
import type { Peer, PeerCommand, PeerSetup } from "./peer.ts";

/** The settings of a program in `proxies/`. The program gets them as JSON in its only argument. */
export type NodePeerSetup = Pick<PeerSetup, "port" | "originPort" | "tls" | "http2" | "originTls">;

export function nodePeer(
  name: string,
  version: () => string,
  kind: Peer["kind"] = "proxy",
  abilities: Abilities = {},
): Peer {
  return {
    name,
    kind,
    runtime: "node",
    abilities,
    version,
    missing: () => undefined,
    command({ port, originPort, tls, http2, originTls }): PeerCommand {
      const setup: NodePeerSetup = {
        ...{ port, originPort },
        ...(tls && { tls }),
        ...(http2 && { http2 }),
        ...(originTls && { originTls }),
      };
      const file = join(import.meta.dirname, "proxies", `${name}.ts`);
      return {
        command: [process.execPath, file, JSON.stringify(setup)],
        env: { NODE_ENV: "production" },
      };
    },
  };
}
