// What the benchmark knows of a program that makes load.
import type { LoadJob, LoadResult } from "./load.ts";
import type { LoadSide } from "./load-side.ts";

/** What a measurement may take besides its seconds: starting a program, and waiting for the last answers. */
export const SPARE_SECONDS = 10;

/** Is told of the stretch that is measured: connections that stay are open before it, and still after it. */
export interface Stretch {
  begins(): void;
  ends(): void;
}

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
