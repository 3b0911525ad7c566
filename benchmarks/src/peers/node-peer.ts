// A peer that is a program of the folder `proxies/`. It runs on the same Node as this benchmark.
import { join } from "node:path";
import type { Peer, PeerCommand, PeerSetup } from "./peer.ts";

/** The settings of a program in `proxies/`. The program gets them as JSON in its only argument. */
export type NodePeerSetup = Pick<PeerSetup, "port" | "originPort" | "tls">;

export function nodePeer(name: string, version: () => string, kind: Peer["kind"] = "proxy"): Peer {
  return {
    name,
    kind,
    runtime: "node",
    version,
    missing: () => undefined,
    command({ port, originPort, tls }): PeerCommand {
      const setup: NodePeerSetup = { port, originPort, ...(tls === undefined ? {} : { tls }) };
      const file = join(import.meta.dirname, "proxies", `${name}.ts`);
      return {
        command: [process.execPath, file, JSON.stringify(setup)],
        env: { NODE_ENV: "production" },
      };
    },
  };
}
