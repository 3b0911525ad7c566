// CPU time of a process between two readings. The scheduler keeps it for each thread in nanoseconds
// (/proc/PID/task/TID/schedstat, first field); those of threads that ended are gone. The kernel's sum for
// the process (/proc/PID/stat) keeps them, in ticks of 10 ms. So nanoseconds, unless ticks know of more.
import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ: 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
/** User and system time are each cut to whole ticks, so a difference of sums is right to less than this. */
const ROUNDING_TICKS = 2;

/** What a process has used since it started. */
export interface CpuTime {
  readonly ticks: number;
  /** Nanoseconds of each thread that runs; none where the kernel does not say. */
  readonly threads: ReadonlyMap<string, number>;
}

/** A file of /proc, or nothing when its process has ended in between. */
export function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** The time of `pid`, of which /proc/PID/stat says `ticks`. */
export function cpuTimeOf(pid: number, ticks: number): CpuTime {
  const threads = new Map<string, number>();
  for (const thread of threadsOf(pid)) {
    const nanoseconds = Number.parseInt(readOrEmpty(`/proc/${pid}/task/${thread}/schedstat`), 10);
    // A kernel without this accounting writes zeros.
    if (nanoseconds > 0) threads.set(thread, nanoseconds);
  }
  return { ticks, threads };
}

/** Seconds of CPU from one reading to another; `before` is absent when the process started since. */
export function cpuSecondsFrom(before: CpuTime | undefined, after: CpuTime): number {
  const ticks = after.ticks - (before?.ticks ?? 0);
  let nanoseconds = 0;
  for (const [thread, until] of after.threads)
    nanoseconds += until - (before?.threads.get(thread) ?? 0);
  const seconds = nanoseconds / 1e9;
  const lost = ticks / TICKS_PER_SECOND - seconds;
  const exact = after.threads.size > 0 && lost < ROUNDING_TICKS / TICKS_PER_SECOND;
  return exact ? seconds : ticks / TICKS_PER_SECOND;
}
