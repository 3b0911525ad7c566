// `--install`: installs the peers and generators that are not npm packages, from Debian.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { STREAM_MODULE } from "./peers/nginx.ts";
import { onPath } from "./process/on-path.ts";

/**
 * Each program, or module of a program, with its Debian package and, if there is one, the service that Debian starts when the package is
 * installed.
 */
const PROGRAMS = [
  { program: "haproxy", package: "haproxy", service: "haproxy" },
  { program: "nginx", package: "nginx", service: "nginx" },
  { program: STREAM_MODULE, package: "libnginx-mod-stream", service: undefined },
  { program: "caddy", package: "caddy", service: "caddy" },
  { program: "wrk", package: "wrk", service: undefined },
  { program: "h2load", package: "nghttp2-client", service: undefined },
  { program: "taskset", package: "util-linux", service: undefined },
  { program: "time", package: "time", service: undefined },
  { program: "openssl", package: "openssl", service: undefined },
] as const;

function run(command: readonly string[]): boolean {
  console.log(`$ ${command.join(" ")}`);
  const [program = "", ...args] = command;
  return spawnSync(program, args, { stdio: "inherit" }).status === 0;
}

/** Installs the missing programs and shows apt's own progress. Returns the exit code for this process. */
export function install(): number {
  const missing = PROGRAMS.filter(
    ({ program }) => !existsSync(program) && onPath(program) === undefined,
  );
  if (missing.length === 0) {
    console.log("Every program is already here.");
    return 0;
  }
  const packages = missing.map((entry) => entry.package);
  if (onPath("apt-get") === undefined) {
    console.error(`This machine has no apt-get. Install by hand: ${packages.join(", ")}`);
    return 1;
  }
  const sudo = process.getuid?.() === 0 ? [] : ["sudo"];
  const apt = [...sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  if (!run([...apt, "update"])) return 1;
  if (!run([...apt, "install", "-y", "--no-install-recommends", ...packages])) return 1;
  // Debian starts a server's service when the package is installed. The service is stopped again, because only the
  // benchmark uses the server.
  const services = missing.flatMap(({ service }) => (service === undefined ? [] : [service]));
  if (services.length > 0 && existsSync("/run/systemd/system"))
    run([...sudo, "systemctl", "disable", "--now", ...services]);
  return 0;
}
