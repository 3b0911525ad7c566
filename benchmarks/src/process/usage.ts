// What a process and its children have used, from /proc (proc(5)). CPU time there has the kernel's tick
// of 10 ms, so a measurement of seconds is right to a percent.
import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ: 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU time since the start of a process tree, all threads of it, and its resident memory. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

interface Stat {
  readonly parent: number;
  readonly ticks: number;
}

/** The parent, and user and system time, of a line of /proc/PID/stat. */
export function parseStat(line: string): Stat {
  // The command's name is in parentheses and may hold anything, so fields are counted from its end.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // the process ended in between
  }
}

function stats(): ReadonlyMap<number, Stat> {
  const all = new Map<number, Stat>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = readOrEmpty(`/proc/${name}/stat`);
    if (line !== "") all.set(Number(name), parseStat(line));
  }
  return all;
}

/** The usage of `pid` and everything it started that still runs. */
export function usageOfTree(pid: number): Usage {
  const all = stats();
  const tree = [pid];
  for (const parent of tree)
    for (const [child, stat] of all) if (stat.parent === parent) tree.push(child);
  let ticks = 0;
  let rssBytes = 0;
  for (const member of tree) {
    ticks += all.get(member)?.ticks ?? 0;
    const status = readOrEmpty(`/proc/${member}/status`);
    rssBytes += Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, rssBytes };
}
