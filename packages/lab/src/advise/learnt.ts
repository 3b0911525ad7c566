// What a source, a log or a running balancer, tells of a site.
import type { Ranged } from "./ranged.ts";
import type { Work } from "./site.ts";

export interface LearntSite {
  /** Where it comes from, for the person: "access.log, 12,000 requests". */
  readonly source: string;
  /** The servers' names; empty when the source does not have them. */
  readonly names: readonly string[];
  readonly rate?: Ranged;
  readonly speeds?: readonly Ranged[];
  /** Whether the speeds differ beyond what chance does. */
  readonly speedsDiffer?: boolean;
  readonly work?: Work;
  /** The mean work of a request at speed 1. */
  readonly meanMs?: Ranged;
  readonly workers?: number;
  readonly weights?: readonly number[];
  readonly algorithm?: string;
  readonly maxConnections?: number;
  /** The arrivals, from 0 on, where requests come in bursts. */
  readonly arrivalsMs?: readonly number[];
  readonly dispersion?: number;
  /** What the source does not tell. */
  readonly unknown: readonly string[];
  /** In which direction what it tells is wrong. */
  readonly errs: readonly string[];
}

export const NOTHING: Pick<LearntSite, "unknown" | "errs"> = { unknown: [], errs: [] };
