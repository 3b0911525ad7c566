// What the benchmark knows of a program that makes load.
import type { LoadJob, LoadResult } from "./load.ts";
import type { LoadSide } from "./load-side.ts";

/** Is told of the stretch that is measured: connections that stay are open before it, and still after it. */
export interface Stretch {
  begins(): void;
  ends(): void;
}

/** A program that makes load. */
export interface Generator {
  readonly name: string;
  /** It knows no shorter measurement than a second, and none between. */
  readonly wholeSeconds?: true;
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
