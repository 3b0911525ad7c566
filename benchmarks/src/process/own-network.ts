// A network of this process's own (a Linux network namespace): no other program connects to a port of it, and where
// that is wanted the kernel's socket buffers are small. On loopback the kernel takes some 4 MB that a client does not read: it lets a sender have ten segments under way
// from the start, and a segment is 64 KiB there. Over a real network it takes a fraction of that. The sizes below
// are why a proxy feels at once that its client is slow, and why a thousand such do not fill the machine.
import { spawnSync } from "node:child_process";
import { onPath, searchPath } from "./on-path.ts";

/** Smallest, first and largest size of a socket's buffer, as in `net.ipv4.tcp_rmem`. */
const BUFFER_BYTES = { tcp_rmem: "4096 131072 262144", tcp_wmem: "4096 16384 262144" };

const SMALL_BUFFERS = Object.entries(BUFFER_BYTES).map(
  ([name, value]) => `echo ${value} > /proc/sys/net/ipv4/${name}`,
);

type Buffers = "small" | "usual";

/** The words before a command that give it such a network. No root is needed where users may have namespaces. */
function prefix(buffers: Buffers): readonly string[] {
  const settings = buffers === "small" ? SMALL_BUFFERS : [];
  const script = ["ip link set lo up", ...settings, 'exec "$@"'].join(" && ");
  return ["--user", "--map-root-user", "--net", "--", "sh", "-c", script, "sh"];
}

/**
 * Replaces this process by the same program with the same process id in such a network; the argument `--here` is
 * added. Returns only when that is impossible, with the reason.
 */
export function enterOwnNetwork(buffers: Buffers = "small"): string {
  const obstacle = whyNoOwnNetwork();
  if (obstacle !== undefined) return obstacle;
  const { execPath, execArgv, argv } = process;
  return becomeInOwnNetwork([execPath, ...execArgv, ...argv.slice(1), "--here"], buffers);
}

/** Why such a network is impossible here; undefined when it is possible. */
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
 * Replaces this process by the program `argv`, with the same process id, in such a network. Throws when that is
 * impossible.
 */
function becomeInOwnNetwork(argv: readonly string[], buffers: Buffers): never {
  const unshare = onPath("unshare");
  if (unshare === undefined || process.execve === undefined)
    throw new Error(`Node ${process.version} cannot become another program`);
  const env = { ...process.env, PATH: searchPath() };
  return process.execve(unshare, ["unshare", ...prefix(buffers), ...argv], env);
}
