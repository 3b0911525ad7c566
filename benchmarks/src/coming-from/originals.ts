// The programs that the originals in examples/coming-from were written for, and how each is started on free ports.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Original } from "./both-sites.ts";

export const haproxy: Original = {
  program: "haproxy",
  file: "haproxy/haproxy.cfg",
  changes: ({ httpPort, httpsPort, both }) => ({
    "bind :80\n": `bind 127.0.0.1:${httpPort}\n`,
    "bind :443 ": `bind 127.0.0.1:${httpsPort} `,
    "/etc/ssl/www.example.com.pem": both,
  }),
  command({ directory }, text) {
    const file = join(directory, "haproxy.cfg");
    writeFileSync(file, text);
    return ["haproxy", "-db", "-f", file];
  },
};

/** Returns nginx's main configuration as Debian has it. It includes the site, and its paths lie in `directory`. */
const aroundSite = (directory: string) => `daemon off;
worker_processes 1;
user root; # heeded when it is started by root; the test's folder belongs to its user
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections 512; }
http {
  types { text/html html; text/css css; }
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  include ${directory}/site.conf;
}
`;

export const nginx: Original = {
  program: "nginx",
  file: "nginx/site.conf",
  changes: ({ httpPort, httpsPort, cert, key, assets }) => ({
    "listen 80;": `listen 127.0.0.1:${httpPort};`,
    "listen 443 ssl;": `listen 127.0.0.1:${httpsPort} ssl;`,
    "/etc/ssl/www.example.com.crt": cert,
    "/etc/ssl/www.example.com.key": key,
    "/srv/www/assets": assets,
  }),
  command({ directory }, text) {
    writeFileSync(join(directory, "site.conf"), text);
    const file = join(directory, "nginx.conf");
    writeFileSync(file, aroundSite(directory));
    return ["nginx", "-e", "stderr", "-p", directory, "-c", file];
  },
};

export const caddy: Original = {
  program: "caddy",
  file: "caddy/Caddyfile",
  changes: ({ cert, key, assets }) => ({
    "/etc/ssl/www.example.com.crt": cert,
    "/etc/ssl/www.example.com.key": key,
    "/srv/www/assets": assets,
  }),
  command({ directory, httpPort, httpsPort }, text) {
    const file = join(directory, "Caddyfile");
    const storage = join(directory, "storage");
    mkdirSync(storage);
    const options = `{
	admin off
	http_port ${httpPort}
	https_port ${httpsPort}
	default_bind 127.0.0.1
	storage file_system ${storage}
	log {
		level ERROR
	}
}

`;
    writeFileSync(file, options + text);
    return ["caddy", "run", "--adapter", "caddyfile", "--config", file];
  },
};
