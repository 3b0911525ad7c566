// How a proxy is set up for the cases: short timeouts and a limit on bodies, where the proxy has such settings. The
// comparison is about what a proxy does at a limit, not about its default limits.
import type { Need } from "../case.ts";

/** The ports on which a peer listens, the port of its origin, and a folder for the peer's files. */
export interface ConformanceSetup {
  readonly port: number;
  /** A second port, with a limit of 64 KiB on bodies. */
  readonly limitedPort: number;
  /** A third port, on which the peer trusts the X-Forwarded-* fields that its clients send. */
  readonly trustedPort: number;
  /** A fourth port, with rules: no request for the host private.example or a path below /private/ is forwarded. */
  readonly ruledPort: number;
  /** Ports on which the peer speaks HTTP/2 without TLS: the first, the one with a limit on bodies, the one with rules. */
  readonly h2: { readonly port: number; readonly limitedPort: number; readonly ruledPort: number };
  readonly originPort: number;
  readonly directory: string;
}

/** The settings with which a peer runs the cases, in place of its settings in the benchmark. */
export interface Adaptation {
  readonly needs: readonly Need[];
  /** Returns configuration files by name. They replace the benchmark's files. */
  files(setup: ConformanceSetup): Readonly<Record<string, string>>;
}
