// How a proxy is set up for the cases: short timeouts and a limit on bodies, where the proxy has such settings. The
// comparison is about what a proxy does at a limit, not about its default limits.
import type { Need } from "../case.ts";

/** Where a peer has to listen, and the address of its origin. */
export interface ConformanceSetup {
  readonly port: number;
  /** A second port, with a limit of 64 KiB on bodies. */
  readonly limitedPort: number;
  /** A third port, for clients that are trusted proxies. */
  readonly trustedPort: number;
  /** A fourth port, with rules: no request for the host private.example or a path below /private/ is forwarded. */
  readonly ruledPort: number;
  readonly originPort: number;
  readonly directory: string;
}

/** The changes that the cases need to the benchmark's setup of a peer. */
export interface Adaptation {
  readonly needs: readonly Need[];
  /** Returns configuration files by name. They replace the benchmark's files. */
  files(setup: ConformanceSetup): Readonly<Record<string, string>>;
}
