// What the benchmark needs to know of a program that makes load.
import type { LoadJob, LoadResult } from "./load.ts";
import type { LoadSide } from "./load-side.ts";
import type { MeasuredPart } from "./measured-part.ts";

/** A program that makes load. */
export interface Generator {
  readonly name: string;
  /** For a program that measures in whole seconds only: the shortest measurement that it can make, in seconds. */
  readonly wholeSeconds?: number;
  /** Why the program cannot run on this machine; undefined when it can. */
  missing(): string | undefined;
  /** Why the program cannot do a job with these settings; undefined when it can. */
  cannot(
    job: Pick<LoadJob, "rate" | "newConnections" | "varied" | "handshake">,
  ): string | undefined;
  run(job: LoadJob, side: LoadSide, measured: MeasuredPart): Promise<LoadResult>;
}

/** Returns how long a job takes, in whole seconds. For generators that cannot measure fractions of a second. */
export function wholeSecondsOf(job: LoadJob): number {
  return Math.max(1, Math.round(job.seconds));
}
