// What the benchmark knows of a program that makes load.
import type { LoadJob, LoadResult } from "./load.ts";
import type { LoadSide } from "./load-side.ts";
import type { Stretch } from "./stretch.ts";

/** A program that makes load. */
export interface Generator {
  readonly name: string;
  /** It knows whole seconds only, and no measurement shorter than so many. */
  readonly wholeSeconds?: number;
  /** Why it cannot run on this machine. */
  missing(): string | undefined;
  /** Why it cannot do such jobs. */
  cannot(job: Pick<LoadJob, "rate" | "newConnections" | "varied">): string | undefined;
  run(job: LoadJob, side: LoadSide, stretch: Stretch): Promise<LoadResult>;
}

/** The seconds of a job for a generator that knows whole ones only. */
export function wholeSecondsOf(job: LoadJob): number {
  return Math.max(1, Math.round(job.seconds));
}
