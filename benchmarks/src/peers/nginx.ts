// nginx as a peer. It runs with one worker and keeps connections to the server. It passes bodies on
// while they arrive; by default it would write large bodies to disk first. Its access log goes to
// /dev/null. Its timeouts for clients are as long as Tandem's.
import type { Peer, PeerSetup } from "./peer.ts";
import { missingProgram, programVersion } from "./versions.ts";

/** Writes `nginx.conf` for one server block and one upstream. */
export function nginxConfig({
  port,
  originPort,
  maxDescriptors,
  directory,
  tls,
  http2,
}: PeerSetup): string {
  const certificate =
    tls === undefined ? "" : `ssl_certificate ${tls.cert}; ssl_certificate_key ${tls.key};`;
  return `daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
user root; # heeded when it is started by root; in a namespace of users (unshare) root is the only one that exists
error_log stderr error;
events { worker_connections ${maxDescriptors - 100}; }
http {
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
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_request_buffering off;
      proxy_max_temp_file_size 0;
    }
  }
}
`;
}

export const nginx: Peer = {
  name: "nginx",
  kind: "proxy",
  runtime: "native",
  http2: true,
  missing: () => missingProgram("nginx"),
  version: () => programVersion("nginx", "-v"),
  command: (setup) => ({
    command: ["nginx", "-p", setup.directory, "-c", `${setup.directory}/nginx.conf`],
    files: { "nginx.conf": nginxConfig(setup) },
  }),
};
