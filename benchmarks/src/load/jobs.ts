// The code inside a generator's process. Jobs come in on stdin, one a line, and results go out on
// stdout. The benchmark's process says when to open the connections, when to measure and when to
// close the connections.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadJob, LoadResult } from "./load.ts";

/**
 * How long to wait for the last answers after the end of the load. A request without an answer by
 * then counts as never answered.
 */
export const LAST_ANSWERS_MS = 2_000;
const CLOSED_WITHIN_MS = 2_000;

/** A job that is being done. Each method is called once, in this order, when the method before has ended. */
export interface LoadRun {
  /**
   * Opens the connections if the job keeps connections, and sends a first request on each
   * connection. The first requests are not counted.
   */
  open(): Promise<void>;
  /** Makes the load. Returns when every answer has come, but at the latest `LAST_ANSWERS_MS` after the load's end. */
  measure(): Promise<LoadResult>;
  /** Closes the connections. */
  close(): void;
}

/**
 * Returns once no socket is open, so that the next job does not pay for the sockets of this job.
 */
async function socketsClosed(): Promise<void> {
  const deadline = performance.now() + CLOSED_WITHIN_MS;
  while (process.getActiveResourcesInfo().includes("TCPSocketWrap")) {
    if (performance.now() > deadline) throw new Error("connections of the job stay open");
    await sleep(1);
  }
}

/** Does the jobs that come on stdin, until stdin ends. An error is written to stderr in two lines and ends the process. */
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
