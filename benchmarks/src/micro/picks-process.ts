// Measures one algorithm in a process of its own, because a balancer also runs one algorithm. If
// several algorithms ran in one process, their calls would share inline caches and be slower.
// Prints JSON, a row for each number of servers.
import { argv, memoryUsage, stdout } from "node:process";
import { systemClock } from "@tandem/transport";
import { Fleet } from "./fleet.ts";
import type { Row } from "./row.ts";
import { SUBJECTS } from "./subjects.ts";

/** How many requests are made between two readings of the clock, so that reading it costs next to nothing. */
const BATCH = 64;
/**
 * How many batches make a sample. The resolution of a clock may be as coarse as half a microsecond; the mean of
 * several batches is more exact.
 */
const SAMPLE = 16;
const WARM_UP_MS = 100;
const MEASURED_MS = 120;
/**
 * The largest number of requests while memory is counted. The memory that these requests allocate fits in the young
 * generation (main.ts sets its size), so no garbage is collected meanwhile.
 */
const MOST_COUNTED = 20_000;
/**
 * For algorithms that look at every server at each pick: how many looks they may take in total while memory is
 * counted. More would take too long.
 */
const LOOKS = 10_000_000;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >>> 1] ?? Number.NaN;
}

/** Measures for `ms` milliseconds. Returns how many nanoseconds picking and feedback take per request. */
function time(fleet: Fleet, ms: number): { pickNs: number; feedbackNs: number } {
  const picks: number[] = [];
  const feedbacks: number[] = [];
  const until = systemClock.now() + ms;
  while (systemClock.now() < until) {
    let [pickMs, feedbackMs] = [0, 0];
    for (let i = 0; i < SAMPLE; i++) {
      const before = systemClock.now();
      fleet.end(BATCH);
      const between = systemClock.now();
      fleet.pick(BATCH);
      const after = systemClock.now();
      fleet.start(BATCH);
      pickMs += after - between;
      feedbackMs += between - before + systemClock.now() - after;
    }
    picks.push((pickMs / SAMPLE / BATCH) * 1e6);
    feedbacks.push((feedbackMs / SAMPLE / BATCH) * 1e6);
  }
  return { pickNs: median(picks), feedbackNs: median(feedbacks) };
}

/**
 * Returns how many requests are made while memory is counted: MOST_COUNTED, or fewer when there are
 * so many servers that more requests would take too long.
 */
function counted(servers: number): number {
  return Math.min(MOST_COUNTED, Math.ceil(LOOKS / servers / BATCH) * BATCH);
}

/**
 * Returns how many bytes of the heap each of `count` requests takes. It is the least of several tries, because
 * compiling code takes memory too.
 */
function allocated(count: number, run: () => void): number {
  const tries = Array.from({ length: 4 }, () => {
    globalThis.gc?.();
    const before = memoryUsage().heapUsed;
    run();
    return memoryUsage().heapUsed - before;
  });
  return Math.max(0, Math.min(...tries)) / count;
}

function requests(fleet: Fleet, count: number): void {
  for (let i = 0; i < count; i += BATCH) {
    fleet.end(BATCH);
    fleet.pick(BATCH);
    fleet.start(BATCH);
  }
}

const [name = "", ...sizes] = argv.slice(2);
const subject = SUBJECTS[name];
if (subject === undefined) throw new Error(`no algorithm '${name}'`);
const rows: Row[] = sizes.map(Number).map((servers) => {
  const fleet = new Fleet(subject, servers);
  time(fleet, WARM_UP_MS);
  const { pickNs, feedbackNs } = time(fleet, MEASURED_MS);
  const count = counted(servers);
  const requestBytes = allocated(count, () => requests(fleet, count));
  const pickBytes = allocated(count, () => fleet.ask(count));
  return { servers, pickNs, feedbackNs, requestBytes, pickBytes };
});
stdout.write(JSON.stringify(rows));
