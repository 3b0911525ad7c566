// Caddy as a peer. It runs with GOMAXPROCS=1, because it is pinned to one core. Its access log goes to stdout, which
// is /dev/null.
import { type Peer, type PeerSetup, SERVER_NAME } from "./peer.ts";
import { missingProgram, programVersion } from "./versions.ts";

/** Writes a Caddyfile for one site and one upstream. */
export function caddyfile({ port, originPort, tls, http2, originTls }: PeerSetup): string {
  const scheme = tls === undefined ? "http" : "https";
  const toOrigin =
    originTls &&
    `      tls_trusted_ca_certs ${originTls.cert}
      tls_client_auth ${originTls.cert} ${originTls.key}
      tls_server_name ${SERVER_NAME}
`;
  return `{
  admin off
  auto_https off
  log default {
    output discard
    level ERROR
  }
${http2 === true ? "  servers {\n    protocols h1 h2 h2c\n  }\n" : ""}}
${scheme}://:${port} {
  bind 127.0.0.1
  ${tls === undefined ? "" : `tls ${tls.cert} ${tls.key}`}
  log {
    output stdout
  }
  reverse_proxy 127.0.0.1:${originPort} {
    transport http {
      keepalive_idle_conns_per_host 1024
      compression off
${toOrigin ?? ""}    }
  }
}
`;
}

export const caddy: Peer = {
  name: "caddy",
  kind: "proxy",
  runtime: "native",
  abilities: { streams: true, tlsToServers: true },
  missing: () => missingProgram("caddy"),
  version: () => programVersion("caddy", "version"),
  command: (setup) => ({
    command: ["caddy", "run", "--adapter", "caddyfile", "--config", `${setup.directory}/Caddyfile`],
    env: { GOMAXPROCS: "1", XDG_DATA_HOME: setup.directory, XDG_CONFIG_HOME: setup.directory },
    files: { Caddyfile: caddyfile(setup) },
  }),
};
