// The inside of a generator's process: jobs come in on stdin, one a line, and results go out on stdout.
// Connections are opened before and closed after what is measured, each when the other side says so.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadJob, LoadResult } from "./load.ts";

/** An answer that has not come this long after the end will not come. */
export const LAST_ANSWERS_MS = 2_000;
const CLOSED_WITHIN_MS = 2_000;

/** A job being done; each method is called once, in this order, when the one before has ended. */
export interface LoadRun {
  /** Opens the connections, with a request on each that does not count, where the job keeps them. */
  open(): Promise<void>;
  /** Makes the load. Every answer has come by then, or never will. */
  measure(): Promise<LoadResult>;
  /** Closes the connections. */
  close(): void;
}

/** Returns once no socket is open, so that the next job does not pay for sockets of this one. */
async function socketsClosed(): Promise<void> {
  const deadline = performance.now() + CLOSED_WITHIN_MS;
  while (process.getActiveResourcesInfo().includes("TCPSocketWrap")) {
    if (performance.now() > deadline) throw new Error("connections of the job stay open");
    await sleep(1);
  }
}

/** Does jobs until stdin ends. An error is written to stderr, in two lines, and ends the process. */
export async function answerJobs(begin: (job: LoadJob) => LoadRun): Promise<void> {
  process.once("uncaughtException", (error: unknown) => {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.error(words.split("\n").slice(0, 2).join("\n"));
    process.exit(1);
  });
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  for (let job = await lines.next(); job.done !== true; job = await lines.next()) {
    const run = begin(JSON.parse(job.value) as LoadJob);
    await run.open();
    console.log("open");
    await lines.next();
    console.log(JSON.stringify(await run.measure()));
    await lines.next();
    run.close();
    await socketsClosed();
    console.log("closed");
  }
}
