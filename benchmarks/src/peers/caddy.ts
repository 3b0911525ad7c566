// Caddy as a peer. It runs with GOMAXPROCS=1, because it is pinned to one core. Its access log goes to stdout, which
// is /dev/null.
import type { Peer, PeerSetup } from "./peer.ts";
import { missingProgram, programVersion } from "./versions.ts";

/** Writes a Caddyfile for one site and one upstream. */
export function caddyfile({ port, originPort, tls, http2 }: PeerSetup): string {
  const scheme = tls === undefined ? "http" : "https";
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
    }
  }
}
`;
}

export const caddy: Peer = {
  name: "caddy",
  kind: "proxy",
  runtime: "native",
  http2: true,
  missing: () => missingProgram("caddy"),
  version: () => programVersion("caddy", "version"),
  command: (setup) => ({
    command: ["caddy", "run", "--adapter", "caddyfile", "--config", `${setup.directory}/Caddyfile`],
    env: { GOMAXPROCS: "1", XDG_DATA_HOME: setup.directory, XDG_CONFIG_HOME: setup.directory },
    files: { Caddyfile: caddyfile(setup) },
  }),
};
