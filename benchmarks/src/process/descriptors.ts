// Sets how many files and sockets a started process may have open. With 10 000 idle clients a proxy
// needs 20 000 descriptors if it holds a server connection for each client.
import { spawnSync } from "node:child_process";
import { onPath } from "./on-path.ts";

const WANTED = 65_536;

/** The limit of open files for a process, and the words before a command that set this limit. */
export interface DescriptorLimit {
  readonly limit: number;
  readonly prefix: readonly string[];
}

/** Returns the highest limit, up to 65536, that this user may set; without `prlimit`, the present limit. */
export function descriptorLimit(): DescriptorLimit {
  const hard = Number(spawnSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).stdout) || WANTED;
  for (const limit of [WANTED, Math.min(WANTED, hard)]) {
    const prefix = ["prlimit", `--nofile=${limit}:${limit}`];
    if (
      onPath("prlimit") !== undefined &&
      spawnSync("prlimit", [...prefix.slice(1), "true"]).status === 0
    )
      return { limit, prefix };
  }
  const soft = Number(spawnSync("sh", ["-c", "ulimit -Sn"], { encoding: "utf8" }).stdout);
  return { limit: soft || 1024, prefix: [] };
}
