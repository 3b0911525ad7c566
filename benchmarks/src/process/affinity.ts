// Which core the proxy under test gets, and which the load generator and the origin share. Without this
// the scheduler moves them about, and a proxy looks slow because its client stole its core.
import { readFileSync } from "node:fs";
import { onPath } from "./on-path.ts";

/** Where processes run; `undefined` means wherever the scheduler likes. */
export interface Affinity {
  readonly proxy: number | undefined;
  readonly load: number | undefined;
  /** For people, in the report. */
  readonly description: string;
}

/** Cores of a list as the kernel writes it: `0-3,8` is 0, 1, 2, 3 and 8. */
export function parseCpuList(list: string): readonly number[] {
  return list
    .trim()
    .split(",")
    .filter((part) => part !== "")
    .flatMap((part) => {
      const [first = 0, last = first] = part.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

function allowedCores(): readonly number[] {
  const status = readFileSync("/proc/self/status", "utf8");
  return parseCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? "");
}

/** The first two cores this process may use: the first for the load, the second for the proxy. */
export function chooseAffinity(): Affinity {
  const none = { proxy: undefined, load: undefined };
  if (onPath("taskset") === undefined)
    return { ...none, description: "not pinned: taskset (package util-linux) is missing" };
  const [load, proxy] = allowedCores();
  if (load === undefined || proxy === undefined)
    return { ...none, description: "not pinned: one core for proxy, generator and origin" };
  return {
    proxy,
    load,
    description: `proxy on core ${proxy}, generator and origin on core ${load}`,
  };
}

/** `command` started so that it and its children stay on `core`. */
export function pinned(command: readonly string[], core: number | undefined): readonly string[] {
  return core === undefined ? command : ["taskset", "-c", String(core), ...command];
}
