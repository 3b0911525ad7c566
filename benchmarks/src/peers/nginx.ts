// nginx as a peer. It runs with one worker and keeps connections to the server. It passes bodies on
// while they arrive; by default it would write large bodies to disk first. Its access log goes to
// /dev/null. Its timeouts for clients are as long as Tandem's. TCP is passed on by the module `stream`, a package of its
// own in Debian.
import { existsSync } from "node:fs";
import { type Peer, type PeerSetup, SERVER_NAME } from "./peer.ts";
import { missingProgram, programVersion } from "./versions.ts";

/** Where Debian puts the module for TCP. */
export const STREAM_MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so";

/** Returns the directives for a server that demands TLS and a certificate. */
function toServer({ originTls }: PeerSetup): string {
  if (originTls === undefined) return "";
  return `
      proxy_ssl_protocols TLSv1.2 TLSv1.3;
      proxy_ssl_certificate ${originTls.cert};
      proxy_ssl_certificate_key ${originTls.key};
      proxy_ssl_trusted_certificate ${originTls.cert};
      proxy_ssl_verify on;
      proxy_ssl_server_name on;
      proxy_ssl_name ${SERVER_NAME};`;
}

function http(setup: PeerSetup): string {
  const { port, originPort, directory, tls, http2, originTls } = setup;
  // By default this nginx would do without TLS 1.3.
  const certificate =
    tls === undefined
      ? ""
      : `ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate ${tls.cert}; ssl_certificate_key ${tls.key};`;
  return `http {
  access_log /dev/null;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  keepalive_timeout 60s;
  client_header_timeout 10s;
  client_body_timeout 30s;
  send_timeout 30s;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  upstream origin {
    server 127.0.0.1:${originPort};
    keepalive 1024;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port}${tls === undefined ? "" : " ssl"}${http2 === true ? " http2" : ""} backlog=4096;
    ${certificate}
    location / {
      proxy_pass ${originTls === undefined ? "http" : "https"}://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_request_buffering off;
      proxy_max_temp_file_size 0;${toServer(setup)}
    }
  }
}
`;
}

function stream({ port, originPort }: PeerSetup): string {
  return `stream {
  log_format tcp '$remote_addr [$time_local] $protocol $status $bytes_sent $bytes_received $session_time "$upstream_addr"';
  access_log /dev/null tcp;
  proxy_timeout 1h;
  tcp_nodelay on;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    proxy_pass 127.0.0.1:${originPort};
  }
}
`;
}

/** Writes `nginx.conf` for one server block and one upstream. */
export function nginxConfig(setup: PeerSetup): string {
  const { maxDescriptors, directory, tcp } = setup;
  return `${tcp ? `load_module ${STREAM_MODULE};\n` : ""}daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
user root; # heeded when it is started by root; in a namespace of users (unshare) root is the only one that exists
error_log stderr error;
events { worker_connections ${maxDescriptors - 100}; }
${tcp ? stream(setup) : http(setup)}`;
}

export const nginx: Peer = {
  name: "nginx",
  kind: "proxy",
  runtime: "native",
  abilities: {
    ...{ streams: true, tlsToServers: true },
    ...(existsSync(STREAM_MODULE) && { tcp: true }),
  },
  missing: () => missingProgram("nginx"),
  version: () => programVersion("nginx", "-v"),
  command: (setup) => ({
    command: ["nginx", "-p", setup.directory, "-c", `${setup.directory}/nginx.conf`],
    files: { "nginx.conf": nginxConfig(setup) },
  }),
};
