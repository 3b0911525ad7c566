// Runs a generator written in Node as a process of its own, so that each measurement starts with a fresh
// heap and nothing of the harness runs on its core.
import { join } from "node:path";
import { type Affinity, pinned } from "../process/affinity.ts";
import { descriptorLimit } from "../process/descriptors.ts";
import { Started } from "../process/started.ts";
import type { LoadJob, LoadResult } from "./load.ts";

/** The command for `file` of this folder with its job as the one argument. */
export function nodeCommand(file: string, job: unknown, affinity: Affinity): readonly string[] {
  const node = [process.execPath, join(import.meta.dirname, file), JSON.stringify(job)];
  return pinned([...descriptorLimit().prefix, ...node], affinity.load);
}

/** Runs `file` and reads the result it prints. */
export async function runNode(file: string, job: LoadJob, affinity: Affinity): Promise<LoadResult> {
  await using started = await Started.start(nodeCommand(file, job, affinity));
  return JSON.parse(await started.output()) as LoadResult;
}

/** The job a generator's process was started with. */
export function jobOfProcess(): LoadJob {
  return JSON.parse(process.argv[2] ?? "{}") as LoadJob;
}
