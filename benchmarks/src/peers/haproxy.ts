// HAProxy as a peer. It runs with one thread. Its access log goes to stdout, which is /dev/null. Its timeouts for
// clients are as long as Tandem's.
import { EVERYTHING } from "./demands.ts";
import { type Peer, type PeerSetup, SERVER_NAME } from "./peer.ts";
import { missingProgram, programVersion } from "./versions.ts";

/**
 * Writes `haproxy.cfg` for one frontend and one server. A client's connection takes two descriptors
 * (one more for the server), so `maxconn` is half of the descriptors, less a reserve.
 */
export function haproxyConfig(setup: PeerSetup): string {
  const { port, originPort, maxDescriptors, tls, http2, originTls } = setup;
  const certificate = tls === undefined ? "" : ` ssl crt ${tls.both} ssl-min-ver TLSv1.2`;
  const [mode, log] = setup.tcp ? ["tcp", "tcplog"] : ["http", "httplog"];
  const toOrigin =
    originTls &&
    ` ssl verify required ca-file ${originTls.cert} crt ${originTls.both} sni str(${SERVER_NAME}) verifyhost ${SERVER_NAME}`;
  return `global
  nbthread 1
  maxconn ${Math.floor((maxDescriptors - 100) / 2)}
  log stdout format raw local0
defaults
  mode ${mode}
  log global
  option ${log}
${setup.tcp ? "" : "  option forwardfor\n"}  timeout connect 2s
  timeout http-request 10s
  timeout client 30s
  timeout server 30s
  timeout http-keep-alive 60s
frontend front
  bind 127.0.0.1:${port}${certificate}${http2 === true ? " proto h2" : ""}
  default_backend origin
backend origin
  server origin 127.0.0.1:${originPort}${toOrigin ?? ""} check inter 2s
`;
}

export const haproxy: Peer = {
  name: "haproxy",
  kind: "proxy",
  runtime: "native",
  abilities: EVERYTHING,
  missing: () => missingProgram("haproxy"),
  version: () => programVersion("haproxy", "-v"),
  command: (setup) => ({
    command: ["haproxy", "-db", "-f", `${setup.directory}/haproxy.cfg`],
    files: { "haproxy.cfg": haproxyConfig(setup) },
  }),
};
