// What a person said of a site.
import type { Distribution } from "../sim/distribution.ts";

/** Speeds and weights are in the order of the servers. */
export interface SaidSite {
  readonly servers?: number;
  readonly speeds?: readonly number[];
  readonly weights?: readonly number[];
  readonly workers?: number;
  readonly rate?: number;
  readonly work?: Distribution;
  readonly meanMs?: number;
  readonly p99Ms?: number;
  readonly maxConnections?: number;
}
