// HAProxy as a peer. It runs with one thread. Its access log goes to stdout, which is /dev/null. Its timeouts for
// clients are as long as Tandem's.
import type { Peer, PeerSetup } from "./peer.ts";
import { missingProgram, programVersion } from "./versions.ts";

/**
 * Writes `haproxy.cfg` for one frontend and one server. A client's connection takes two descriptors
 * (one more for the server), so `maxconn` is half of the descriptors, less a reserve.
 */
export function haproxyConfig(setup: PeerSetup): string {
  const { port, originPort, maxDescriptors, tls, http2 } = setup;
  const certificate = tls === undefined ? "" : ` ssl crt ${tls.both} ssl-min-ver TLSv1.2`;
  return `global
  nbthread 1
  maxconn ${Math.floor((maxDescriptors - 100) / 2)}
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  option forwardfor
  timeout connect 2s
  timeout http-request 10s
  timeout client 30s
  timeout server 30s
  timeout http-keep-alive 60s
frontend front
  bind 127.0.0.1:${port}${certificate}${http2 === true ? " proto h2" : ""}
  default_backend origin
backend origin
  server origin 127.0.0.1:${originPort} check inter 2s
`;
}

export const haproxy: Peer = {
  name: "haproxy",
  kind: "proxy",
  runtime: "native",
  http2: true,
  missing: () => missingProgram("haproxy"),
  version: () => programVersion("haproxy", "-v"),
  command: (setup) => ({
    command: ["haproxy", "-db", "-f", `${setup.directory}/haproxy.cfg`],
    files: { "haproxy.cfg": haproxyConfig(setup) },
  }),
};
