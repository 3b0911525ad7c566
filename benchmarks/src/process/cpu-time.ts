// Measures the CPU time of a process between two readings. For each thread the scheduler keeps the time in
// nanoseconds (/proc/PID/task/TID/schedstat, first field), but the time of a thread that has ended is lost there. The
// kernel's sum for the process (/proc/PID/stat) includes ended threads, in ticks of 10 ms. So nanoseconds are used,
// unless the ticks show that time of ended threads is missing.
import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ: 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
/**
 * User time and system time are each rounded down to whole ticks. So the difference between two
 * readings of their sum is wrong by less than two ticks.
 */
const ROUNDING_TICKS = 2;

/** The CPU time that a process has used since it started. */
export interface CpuTime {
  readonly ticks: number;
  /** Nanoseconds of each thread that runs; empty when the kernel does not report them. */
  readonly threads: ReadonlyMap<string, number>;
}

/** Reads a file of /proc. Returns "" when the process has ended in between. */
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

/**
 * Reads the CPU time of process `pid`. `ticks` is the sum of its user time and system time from
 * /proc/PID/stat.
 */
export function cpuTimeOf(pid: number, ticks: number): CpuTime {
  const threads = new Map<string, number>();
  for (const thread of threadsOf(pid)) {
    const nanoseconds = Number.parseInt(readOrEmpty(`/proc/${pid}/task/${thread}/schedstat`), 10);
    // A kernel that does not count nanoseconds per thread writes zeros.
    if (nanoseconds > 0) threads.set(thread, nanoseconds);
  }
  return { ticks, threads };
}

/**
 * Returns the seconds of CPU time between two readings. `before` is undefined when the process
 * started after the first reading.
 */
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
