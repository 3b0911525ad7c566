// The set-up of a proxy for the cases: short timeouts and a body limit where it has such settings. What is compared
// is its behaviour at a limit, not its default limits.
import type { Need } from "../case.ts";

/** Where a peer listens, and the address of its origin. */
export interface ConformanceSetup {
  readonly port: number;
  /** The same, with a limit of 64 KiB on bodies. */
  readonly limitedPort: number;
  /** The same, for clients that are trusted proxies. */
  readonly trustedPort: number;
  /** The same, with rules: no request is forwarded for the host private.example or a path below /private/. */
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
