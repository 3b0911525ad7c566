// Chooses the cores for the proxy under test, and the cores that the load generator and the origin share. Without
// this choice the scheduler would move processes from core to core, and a proxy would look slow whenever its client
// ran on its core.
import { readFileSync } from "node:fs";
import { onPath } from "./on-path.ts";

/**
 * How many cores are needed to measure two threads. With fewer cores, two threads of a proxy share a core with the
 * processes that make their load, so the report does not judge how many requests they carried.
 */
export const CORES_FOR_TWO_THREADS = 3;

/** Numbers of cores. An empty list means that the scheduler may choose any core. */
export type Cores = readonly number[];

/** The cores on which processes run. */
export interface Affinity {
  /** For a proxy with one thread for traffic. */
  readonly proxy: Cores;
  /** For a proxy with two threads, and for the proxy with one thread with which it is compared. */
  readonly twoThreads: Cores;
  /** For the generator and the origin. */
  readonly load: Cores;
  /** A description for the report. */
  readonly description: string;
}

/** Parses a list of cores as the kernel writes it: `0-3,8` is 0, 1, 2, 3 and 8. */
export function parseCpuList(list: string): Cores {
  return list
    .trim()
    .split(",")
    .filter((part) => part !== "")
    .flatMap((part) => {
      const [first = 0, last = first] = part.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

function allowedCores(): Cores {
  const status = readFileSync("/proc/self/status", "utf8");
  return parseCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? "");
}

const NOWHERE = { proxy: [], twoThreads: [], load: [] };

const named = (cores: Cores) => `core${cores.length === 1 ? "" : "s"} ${cores.join(", ")}`;

/**
 * Divides the allowed cores: the first and, if there is one, the fourth are for the load; the second and third are
 * for the proxy.
 */
export function shareOut(allowed: Cores): Affinity {
  const [first, second, third, fourth] = allowed;
  if (first === undefined || second === undefined)
    return { ...NOWHERE, description: "not pinned: one core for proxy, generator and origin" };
  const proxy = [second];
  const twoThreads = [second, third ?? first];
  const load = fourth === undefined ? [first] : [first, fourth];
  const words = `proxy on ${named(proxy)}, generator and origin on ${named(load)}`;
  return { proxy, twoThreads, load, description: words };
}

/** Divides the cores that this process may use. */
export function chooseAffinity(): Affinity {
  return onPath("taskset") === undefined
    ? { ...NOWHERE, description: "not pinned: taskset (package util-linux) is missing" }
    : shareOut(allowedCores());
}

/** Returns the command that runs `command` so that the process and its children stay on `cores`. */
export function pinned(command: readonly string[], cores: Cores): readonly string[] {
  return cores.length === 0 ? command : ["taskset", "-c", cores.join(","), ...command];
}
