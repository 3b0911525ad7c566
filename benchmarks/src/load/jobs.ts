// The inside of a generator's process: jobs come in on stdin, one a line, and results go out on stdout.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadJob, LoadResult } from "./load.ts";

const CLOSED_WITHIN_MS = 2_000;

/** Returns once no socket is open: the next job shall not pay for what this one left. */
async function socketsClosed(): Promise<void> {
  const deadline = performance.now() + CLOSED_WITHIN_MS;
  while (process.getActiveResourcesInfo().includes("TCPSocketWrap")) {
    if (performance.now() > deadline) throw new Error("connections of the job stay open");
    await sleep(1);
  }
}

/** Does jobs until stdin ends. What goes wrong is told on stderr, in two lines, and ends the process. */
export async function answerJobs(run: (job: LoadJob) => Promise<LoadResult>): Promise<void> {
  process.once("uncaughtException", (error: unknown) => {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.error(words.split("\n").slice(0, 2).join("\n"));
    process.exit(1);
  });
  for await (const line of createInterface({ input: process.stdin })) {
    const result = await run(JSON.parse(line) as LoadJob);
    await socketsClosed();
    console.log(JSON.stringify(result));
  }
}
