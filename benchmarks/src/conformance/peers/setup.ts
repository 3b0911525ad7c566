// A proxy set up for the cases: short timeouts and a body limit where it has such settings, so that what
// is compared is what it does at a bound and not which default it ships with.
import type { Need } from "../case.ts";

/** Where a peer listens and what it stands before. */
export interface ConformanceSetup {
  readonly port: number;
  /** The same, with a limit of 64 KiB on bodies. */
  readonly limitedPort: number;
  /** The same, for clients that are trusted proxies. */
  readonly trustedPort: number;
  /** The same, with rules: nothing gets through for the host private.example and the paths below /private/. */
  readonly ruledPort: number;
  readonly originPort: number;
  readonly directory: string;
}

/** What the cases need beyond the benchmark's setup of a peer. */
export interface Adaptation {
  readonly needs: readonly Need[];
  /** Configuration files by name, in place of the benchmark's. */
  files(setup: ConformanceSetup): Readonly<Record<string, string>>;
}
