// Lists the generators by name, and chooses the generator for a job.
import { autocannon } from "./autocannon.ts";
import type { Generator } from "./generator.ts";
import { h2load } from "./h2load.ts";
import type { LoadJob } from "./load.ts";
import { own } from "./own.ts";
import { wrk } from "./wrk.ts";

export const GENERATORS: readonly Generator[] = [autocannon, wrk, h2load, own];

/**
 * Returns the preferred generator, or our own generator for a job that the preferred one cannot do. HTTP/2 is spoken
 * by h2load only. It may be missing, or unable to do the job; `obstacle` in run/plan.ts says so.
 */
export function generatorFor(
  job: Pick<LoadJob, "rate" | "newConnections" | "varied" | "handshake" | "streams">,
  preferred: Generator,
): Generator {
  if (job.streams !== undefined) return h2load;
  // A generator that repeats a prepared request cannot do a job whose requests must differ.
  return preferred.cannot(job) === undefined && job.varied !== true ? preferred : own;
}
