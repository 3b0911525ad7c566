// Which cores the proxy under test gets, and which the load generator and the origin share. Without this
// the scheduler moves them about, and a proxy looks slow because its client stole its core.
import { readFileSync } from "node:fs";
import { onPath } from "./on-path.ts";

/** With fewer, two threads of a proxy share a core with what makes their load. */
export const CORES_FOR_TWO_THREADS = 3;

/** Cores by number; none means that the scheduler may choose any. */
export type Cores = readonly number[];

/** Where processes run. */
export interface Affinity {
  /** A proxy with one thread for traffic. */
  readonly proxy: Cores;
  /** A proxy with two, and one with one that it is compared with. */
  readonly twoThreads: Cores;
  /** Generator and origin. */
  readonly load: Cores;
  /** For people, in the report. */
  readonly description: string;
}

/** Cores of a list as the kernel writes it: `0-3,8` is 0, 1, 2, 3 and 8. */
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

/** The first core is the load's, and so is a fourth; the second and third are the proxy's. */
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

/** The cores this process may use, shared out. */
export function chooseAffinity(): Affinity {
  return onPath("taskset") === undefined
    ? { ...NOWHERE, description: "not pinned: taskset (package util-linux) is missing" }
    : shareOut(allowedCores());
}

/** `command` started so that it and its children stay on `cores`. */
export function pinned(command: readonly string[], cores: Cores): readonly string[] {
  return cores.length === 0 ? command : ["taskset", "-c", cores.join(","), ...command];
}
