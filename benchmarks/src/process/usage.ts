// Reads from /proc (proc(5)) how much CPU time and memory a process and its children have used.
import { readdirSync } from "node:fs";
import { type CpuTime, cpuSecondsFrom, cpuTimeOf, readOrEmpty } from "./cpu-time.ts";

/** The CPU time of every process of a tree since it started, and the resident memory of all of them together. */
export interface Usage {
  readonly cpu: ReadonlyMap<number, CpuTime>;
  readonly rssBytes: number;
}

interface Stat {
  readonly parent: number;
  readonly ticks: number;
}

/** Returns the parent's process id, the user time and the system time, from a line of /proc/PID/stat. */
export function parseStat(line: string): Stat {
  // The command's name is in parentheses and may contain any character, so fields are counted from the end of the
  // name.
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

function treeIn(all: ReadonlyMap<number, Stat>, pid: number): readonly number[] {
  const tree = [pid];
  for (const parent of tree)
    for (const [child, stat] of all) if (stat.parent === parent) tree.push(child);
  return tree;
}

/** Memory of a tree of processes, in bytes. */
export interface Memory {
  /** Everything that is resident. Pages that several processes share count once for each of them. */
  readonly rss: number;
  /** As `rss`, but each process counts only its part of a page that is shared. */
  readonly pss: number;
}

/** Returns the memory of process `pid` and of every process that it started and that still runs. */
export function memoryOfTree(pid: number): Memory {
  const rollups = treeIn(stats(), pid).map((member) => readOrEmpty(`/proc/${member}/smaps_rollup`));
  const sum = (field: RegExp): number =>
    rollups.reduce((bytes, text) => bytes + Number(field.exec(text)?.[1] ?? 0) * 1024, 0);
  return { rss: sum(/^Rss:\s*(\d+) kB/m), pss: sum(/^Pss:\s*(\d+) kB/m) };
}

/** Returns the usage of process `pid` and of every process that it started and that still runs. */
export function usageOfTree(pid: number): Usage {
  const all = stats();
  const tree = treeIn(all, pid);
  const cpu = new Map<number, CpuTime>();
  let rssBytes = 0;
  for (const member of tree) {
    cpu.set(member, cpuTimeOf(member, all.get(member)?.ticks ?? 0));
    const status = readOrEmpty(`/proc/${member}/status`);
    rssBytes += Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  }
  return { cpu, rssBytes };
}

/**
 * Returns the seconds of CPU time that a tree of processes used between two readings. A process that ended in between
 * is left out.
 */
export function cpuSecondsBetween(before: Usage, after: Usage): number {
  let seconds = 0;
  for (const [pid, until] of after.cpu) seconds += cpuSecondsFrom(before.cpu.get(pid), until);
  return seconds;
}
