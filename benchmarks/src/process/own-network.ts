// Gives this process a network of its own (a Linux network namespace), so that no other program
// connects to its ports. On request the kernel's socket buffers are small in that network. The usual
// buffers take some 4 MB on loopback for a client that does not read, much more than over a real
// network, because a segment is 64 KiB on loopback and a sender may send ten at once. With small
// buffers a proxy notices a slow client early, and a thousand slow clients do not fill the memory.
import { spawnSync } from "node:child_process";
import { onPath, searchPath } from "./on-path.ts";

/** Smallest, first and largest size of a socket's buffer in bytes, in the form of `net.ipv4.tcp_rmem`. */
const BUFFER_BYTES = { tcp_rmem: "4096 131072 262144", tcp_wmem: "4096 16384 262144" };

const SMALL_BUFFERS = Object.entries(BUFFER_BYTES).map(
  ([name, value]) => `echo ${value} > /proc/sys/net/ipv4/${name}`,
);

/**
 * The settings of the network: small buffers; or the setting that a Debian package of Tandem makes for its upgrades; or
 * the kernel's own.
 */
type Network = "small" | "migrating" | "usual";

const SETTINGS: Readonly<Record<Network, readonly string[]>> = {
  small: SMALL_BUFFERS,
  migrating: ["echo 1 > /proc/sys/net/ipv4/tcp_migrate_req"],
  usual: [],
};

/**
 * Returns the arguments with which `unshare` runs a command in a network of its own. Root is not
 * needed where users may create namespaces.
 */
function prefix(network: Network): readonly string[] {
  const script = ["ip link set lo up", ...SETTINGS[network], 'exec "$@"'].join(" && ");
  return ["--user", "--map-root-user", "--net", "--", "sh", "-c", script, "sh"];
}

/**
 * Replaces this process by the same program in a network of its own, with the same process id and
 * the additional argument `--here`. When that is impossible, returns the reason; otherwise never
 * returns.
 */
export function enterOwnNetwork(network: Network = "small"): string {
  const obstacle = whyNoOwnNetwork();
  if (obstacle !== undefined) return obstacle;
  const { execPath, execArgv, argv } = process;
  return becomeInOwnNetwork([execPath, ...execArgv, ...argv.slice(1), "--here"], network);
}

/**
 * Returns why a network of its own is impossible on this machine; undefined when it is possible.
 */
export function whyNoOwnNetwork(): string | undefined {
  if (onPath("unshare") === undefined) return "unshare (package util-linux) is missing";
  if (onPath("ip") === undefined) return "ip (package iproute2) is missing";
  const { status, stderr } = spawnSync("unshare", [...prefix("small"), "true"], {
    encoding: "utf8",
    env: { PATH: searchPath() },
  });
  return status === 0 ? undefined : stderr.trim() || `unshare: exit ${status}`;
}

/**
 * Replaces this process by the program `argv` in a network of its own, with the same process id.
 * Throws when that is impossible.
 */
function becomeInOwnNetwork(argv: readonly string[], network: Network): never {
  const unshare = onPath("unshare");
  if (unshare === undefined || process.execve === undefined)
    throw new Error(`Node ${process.version} cannot become another program`);
  const env = { ...process.env, PATH: searchPath() };
  return process.execve(unshare, ["unshare", ...prefix(network), ...argv], env);
}
