// What a process and its children have used, from /proc (proc(5)).
import { readdirSync } from "node:fs";
import { type CpuTime, cpuSecondsFrom, cpuTimeOf, readOrEmpty } from "./cpu-time.ts";

/** CPU time of every process of a tree since it started, and resident memory of them all. */
export interface Usage {
  readonly cpu: ReadonlyMap<number, CpuTime>;
  readonly rssBytes: number;
}

interface Stat {
  readonly parent: number;
  readonly ticks: number;
}

/** The parent, and user and system time, from a line of /proc/PID/stat. */
export function parseStat(line: string): Stat {
  // The command's name is in parentheses and may hold anything, so fields are counted from its end.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
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
  const cpu = new Map<number, CpuTime>();
  let rssBytes = 0;
  for (const member of tree) {
    cpu.set(member, cpuTimeOf(member, all.get(member)?.ticks ?? 0));
    const status = readOrEmpty(`/proc/${member}/status`);
    rssBytes += Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  }
  return { cpu, rssBytes };
}

/** Seconds of CPU that a tree used between two readings. A process that ended in between counts nothing. */
export function cpuSecondsBetween(before: Usage, after: Usage): number {
  let seconds = 0;
  for (const [pid, until] of after.cpu) seconds += cpuSecondsFrom(before.cpu.get(pid), until);
  return seconds;
}
