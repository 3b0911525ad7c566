// Every peer, in the order of the reports: Tandem, widely used servers, the Node proxies, and the peers for
// comparison.
import { caddy } from "./caddy.ts";
import { haproxy } from "./haproxy.ts";
import { nginx } from "./nginx.ts";
import { nodePeer } from "./node-peer.ts";
import type { Peer } from "./peer.ts";
import { tandem } from "./tandem.ts";
import { packageVersion } from "./versions.ts";

const node = () => process.versions.node;

export const PEERS: readonly Peer[] = [
  tandem,
  haproxy,
  nginx,
  caddy,
  nodePeer("undici", () => packageVersion("undici")),
  nodePeer("node-http2", node, "proxy", { streams: true, http2Only: true }),
  nodePeer("fastify", () => packageVersion("@fastify/http-proxy")),
  nodePeer("httpxy", () => packageVersion("httpxy")),
  nodePeer("http-proxy-3", () => packageVersion("http-proxy-3")),
  nodePeer("http-proxy", () => packageVersion("http-proxy")),
  nodePeer("node-http-hello", node, "server"),
  nodePeer("tcp-splice", node, "splice", { tcp: true, tlsToServers: true }),
];
