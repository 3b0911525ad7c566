// Lists the generators by name, and chooses the generator for a job.
import { autocannon } from "./autocannon.ts";
import type { Generator } from "./generator.ts";
import { h2load } from "./h2load.ts";
import { own } from "./own.ts";
import { wrk } from "./wrk.ts";

export const GENERATORS: readonly Generator[] = [autocannon, wrk, h2load, own];

/** Returns the preferred generator, or our own generator for a job that the preferred one cannot do. */
export function generatorFor(
  job: Parameters<Generator["cannot"]>[0],
  preferred: Generator,
): Generator {
  // A generator that repeats a prepared request cannot do a job whose requests must differ.
  return preferred.cannot(job) === undefined && job.varied !== true ? preferred : own;
}
