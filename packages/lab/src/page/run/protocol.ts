// The messages between the page and its worker. The worker answers each order with one frame or one refusal. The page
// sends its next order only after that answer, so a slow machine shows fewer frames instead of falling behind.
import type { Inspection, PickReason } from "@tandem/balancer/pickers";
import type { LatencySummary, Result } from "../../sim/result.ts";
import type { SeriesRow } from "../../sim/series.ts";
import type { ServerSnapshot } from "../../sim/simulation.ts";
import type { RequestOutcome } from "../../sim/tap.ts";
import type { RunState } from "../run-state/run-state.ts";

export type Order =
  /** Begin a run, and forget the earlier run. */
  | { readonly kind: "open"; readonly run: number; readonly state: RunState }
  /** Run on to virtual time `toMs`, at most. With `detail` the answer's frame contains figures. */
  | {
      readonly kind: "advance";
      readonly run: number;
      readonly toMs: number;
      readonly detail: boolean;
    }
  /** Go on in steps of `byMs` until a request has been given to a server. */
  | { readonly kind: "step"; readonly run: number; readonly byMs: number };

export type Answer =
  | Frame
  /** The run cannot be made. `why` is a sentence for the visitor. */
  | { readonly kind: "refused"; readonly run: number; readonly why: string };

export interface Frame {
  readonly kind: "frame";
  readonly run: number;
  readonly timeMs: number;
  readonly lanes: readonly LaneFrame[];
}

export interface LaneFrame {
  readonly servers: readonly ServerSnapshot[];
  readonly arrived: number;
  readonly inFlight: number;
  /** The picks since the last frame; only the latest picks when there are very many. */
  readonly picks: readonly Pick[];
  readonly ends: readonly End[];
  readonly detail: LaneDetail | undefined;
}

export interface Pick {
  readonly atMs: number;
  readonly request: number;
  readonly balancer: number;
  readonly server: number;
  readonly why: PickReason;
}

export interface End {
  readonly atMs: number;
  readonly server: number;
  readonly outcome: RequestOutcome;
}

export interface LaneDetail {
  readonly figures: Figures;
  /**
   * The number of the first interval in this frame. A frame with figures contains the intervals completed since the
   * last frame with figures.
   */
  readonly firstRow: number;
  readonly intervalMs: number;
  readonly rows: readonly SeriesRow[];
  readonly depth: readonly Float32Array[];
  /**
   * Pairs of a latency in milliseconds and the share of the requests that took longer, timeouts at their deadline and
   * requests that are never answered included.
   */
  readonly slower: readonly (readonly [ms: number, share: number])[];
  /** The state of the algorithm in the first balancer; undefined = this algorithm shows no state. */
  readonly inspection: Inspection | undefined;
  /** What an algorithm of the user's own did wrong, and how often. */
  readonly faults: readonly (readonly [fault: string, times: number])[];
}

/** The numbers of a `Result` that the page shows. They are copied unchanged. */
export interface Figures {
  readonly latency: LatencySummary;
  readonly counts: Result["counts"];
  readonly successShare: number;
  readonly unstable: number | undefined;
  readonly overloaded: Result["overloaded"];
  readonly goodputPerSecond: number;
  readonly imbalance: Result["imbalance"];
  readonly attempts: number;
  readonly retries: number;
  readonly probes: number;
  readonly why: Result["why"];
  readonly servers: readonly {
    readonly name: string;
    readonly share: number;
    readonly utilization: number;
  }[];
}
