// The configurations of Tandem, HAProxy, nginx and Caddy for the cases, each written as the proxy's
// manual shows it. The Node proxies run as in the benchmark, without settings for the cases.
import { BODY_LIMIT_BYTES } from "../cases/limits.ts";
import type { Adaptation } from "./setup.ts";

const TANDEM: Adaptation = {
  needs: ["short timeouts", "body limit", "upgrades", "trusted client", "rules"],
  files({ port, limitedPort, trustedPort, ruledPort, h2, originPort, directory }) {
    const timeouts = "{ client: 1s, httpRequest: 1s, httpKeepAlive: 1s, tunnel: 1s }";
    const shared = `routes: [{ backend: origin }], timeouts: ${timeouts}`;
    const closed = ["{ host: private.example }", "{ path: /private/* }"].map(
      (match) => `{ match: ${match}, backend: nowhere }`,
    );
    const limits = `limits: { body: ${BODY_LIMIT_BYTES}B }`;
    const ruled = `routes: [${closed.join(", ")}, { backend: origin }]`;
    return {
      "tandem.yaml": `site: conformance
state: ${directory}
balancer:
  threads: 1
  frontends:
    front: { bind: "127.0.0.1:${port}", ${shared} }
    limited: { bind: "127.0.0.1:${limitedPort}", ${shared}, ${limits} }
    trusted: { bind: "127.0.0.1:${trustedPort}", ${shared}, trustedProxies: [127.0.0.1] }
    ruled: { bind: "127.0.0.1:${ruledPort}", ${ruled} }
    h2: { bind: "127.0.0.1:${h2.port}", proto: h2, ${shared} }
    h2-limited: { bind: "127.0.0.1:${h2.limitedPort}", proto: h2, ${shared}, ${limits} }
    h2-ruled: { bind: "127.0.0.1:${h2.ruledPort}", proto: h2, ${ruled} }
  backends:
    origin:
      servers: { origin: { address: "127.0.0.1:${originPort}" } }
      check: false
      timeouts: { server: 1s }
    nowhere: { servers: { nobody: { address: "127.0.0.1:1" } }, check: false }
telemetry: { log: { level: error } }
`,
    };
  },
};

/**
 * HAProxy's rules compare a path as the client wrote it. `http-request normalize-uri`, which would
 * normalize the path first, is not used because it is experimental in HAProxy 2.6.
 */
const HAPROXY: Adaptation = {
  needs: ["short timeouts", "upgrades", "rules"],
  files: ({ port, ruledPort, h2, originPort }) => ({
    "haproxy.cfg": `global
  nbthread 1
defaults
  mode http
  option forwardfor
  timeout connect 1s
  timeout client 1s
  timeout server 1s
  timeout http-request 1s
  timeout http-keep-alive 1s
  timeout tunnel 1s
frontend front
  bind 127.0.0.1:${port}
  bind 127.0.0.1:${h2.port} proto h2
  default_backend origin
frontend ruled
  bind 127.0.0.1:${ruledPort}
  bind 127.0.0.1:${h2.ruledPort} proto h2
  http-request deny if { req.hdr(host),host_only -i private.example }
  http-request deny if { path_beg /private/ }
  default_backend origin
backend origin
  server origin 127.0.0.1:${originPort}
`,
  }),
};

function nginxServer(port: number, h2Port: number, bodyLimit: string, rules = ""): string {
  return `  server {
    listen 127.0.0.1:${port};
    listen 127.0.0.1:${h2Port} http2;
    client_max_body_size ${bodyLimit};
${rules}    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_request_buffering off;
    }
  }
`;
}

const NGINX: Adaptation = {
  needs: ["short timeouts", "body limit", "upgrades", "rules"],
  files: ({ port, limitedPort, ruledPort, h2, originPort, directory }) => ({
    "nginx.conf": `daemon off;
worker_processes 1;
user root; # in a namespace of users (unshare) root is the only one that exists
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  client_header_timeout 1s;
  client_body_timeout 1s;
  keepalive_timeout 1s;
  proxy_read_timeout 1s;
  upstream origin { server 127.0.0.1:${originPort}; keepalive 64; }
  map $http_upgrade $connection_upgrade { default upgrade; "" ""; }
${nginxServer(port, h2.port, "0")}${nginxServer(limitedPort, h2.limitedPort, String(BODY_LIMIT_BYTES))}
${nginxServer(ruledPort, h2.ruledPort, "0", "    location /private/ { return 403; }\n")}
  server {
    listen 127.0.0.1:${ruledPort};
    listen 127.0.0.1:${h2.ruledPort} http2;
    server_name private.example;
    return 403;
  }
}
`,
  }),
};

/** Settings for one listener, because only some listeners speak HTTP/2 without TLS. */
function caddyServer(port: number, protocols: string): string {
  return `  servers 127.0.0.1:${port} {
    protocols ${protocols}
    timeouts {
      read_header 1s
      read_body 1s
      idle 1s
    }
  }
`;
}

function caddySite(ports: readonly number[], originPort: number, extra: string): string {
  return `${ports.map((port) => `http://:${port}`).join(", ")} {
  bind 127.0.0.1
${extra}  reverse_proxy 127.0.0.1:${originPort} {
    transport http {
      response_header_timeout 1s
      read_timeout 1s
      compression off
    }
  }
}
`;
}

const CADDY: Adaptation = {
  needs: ["short timeouts", "body limit", "upgrades", "rules"],
  files: ({ port, limitedPort, ruledPort, h2, originPort }) => ({
    Caddyfile: `{
  admin off
  auto_https off
  log default {
    output discard
  }
${[port, limitedPort, ruledPort].map((each) => caddyServer(each, "h1")).join("")}
${[h2.port, h2.limitedPort, h2.ruledPort].map((each) => caddyServer(each, "h1 h2c")).join("")}}
${caddySite([port, h2.port], originPort, "")}
${caddySite(
  [limitedPort, h2.limitedPort],
  originPort,
  `  request_body {
    max_size ${BODY_LIMIT_BYTES}
  }
`,
)}
${caddySite([ruledPort, h2.ruledPort], originPort, "  respond /private/* 403\n")}
http://private.example:${ruledPort}, http://private.example:${h2.ruledPort} {
  bind 127.0.0.1
  respond 403
}
`,
  }),
};

/**
 * The changes to the benchmark's setup, by the peer's name. A peer without an entry runs as in the
 * benchmark.
 */
export const ADAPTATIONS: ReadonlyMap<string, Adaptation> = new Map([
  ["tandem", TANDEM],
  ["haproxy", HAPROXY],
  ["nginx", NGINX],
  ["caddy", CADDY],
]);
