// One algorithm measured in a process of its own, as a balancer runs it: with others beside it in one process
// their calls would share inline caches. Prints JSON, a row for each number of servers.
import { argv, memoryUsage, stdout } from "node:process";
import { systemClock } from "@tandem/transport";
import { Fleet } from "./fleet.ts";
import type { Row } from "./row.ts";
import { SUBJECTS } from "./subjects.ts";

/** Requests between two looks at the clock, so that looking costs next to nothing. */
const BATCH = 64;
const WARM_UP_MS = 250;
const MEASURED_MS = 250;
/** The young generation holds what so many allocate (main.ts sees to it), so that none is collected meanwhile. */
const COUNTED = 20_000;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >>> 1] ?? Number.NaN;
}

/** Nanoseconds per request of picking and of feedback, for `ms`. */
function time(fleet: Fleet, ms: number): { pickNs: number; feedbackNs: number } {
  const picks: number[] = [];
  const feedbacks: number[] = [];
  const until = systemClock.now() + ms;
  for (let before = systemClock.now(); before < until; ) {
    fleet.end(BATCH);
    const between = systemClock.now();
    fleet.pick(BATCH);
    const after = systemClock.now();
    feedbacks.push(((between - before) / BATCH) * 1e6);
    picks.push(((after - between) / BATCH) * 1e6);
    before = systemClock.now();
  }
  return { pickNs: median(picks), feedbackNs: median(feedbacks) };
}

/** Bytes of the heap that one request's pick and feedback take. */
function allocated(fleet: Fleet): number {
  globalThis.gc?.();
  const before = memoryUsage().heapUsed;
  for (let i = 0; i < COUNTED; i += BATCH) {
    fleet.end(BATCH);
    fleet.pick(BATCH);
  }
  return (memoryUsage().heapUsed - before) / COUNTED;
}

const [name = "", ...sizes] = argv.slice(2);
const subject = SUBJECTS[name];
if (subject === undefined) throw new Error(`no algorithm '${name}'`);
const rows: Row[] = sizes.map(Number).map((servers) => {
  const fleet = new Fleet(subject, servers);
  time(fleet, WARM_UP_MS);
  const { pickNs, feedbackNs } = time(fleet, MEASURED_MS);
  return { servers, pickNs, feedbackNs, allocatedBytes: Math.max(0, allocated(fleet)) };
});
stdout.write(JSON.stringify(rows));
