// What the page and its worker say to each other. The worker only does what it is told and answers each message
// with one frame; the page never has more than one message under way, so a slow machine shows fewer frames
// instead of falling behind.
import type { Inspection, PickReason } from "@tandem/balancer/pickers";
import type { LatencySummary, Result } from "../../sim/result.ts";
import type { SeriesRow } from "../../sim/series.ts";
import type { ServerSnapshot } from "../../sim/simulation.ts";
import type { RequestOutcome } from "../../sim/tap.ts";
import type { RunState } from "../run-state/run-state.ts";

export type Order =
  /** A run from its beginning; whatever was there before is forgotten. */
  | { readonly kind: "open"; readonly run: number; readonly state: RunState }
  /** Let time pass, at most to `toMs`. With `detail` the frame has figures. */
  | {
      readonly kind: "advance";
      readonly run: number;
      readonly toMs: number;
      readonly detail: boolean;
    }
  /** In steps of `byMs` until a request was given to a server. */
  | { readonly kind: "step"; readonly run: number; readonly byMs: number };

export type Answer =
  | Frame
  /** The run could not be made; a sentence for the person. */
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
  /** What happened since the last frame; the latest of very many. */
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
  /** Closed intervals since the last detail, the first of them being number `firstRow`. */
  readonly firstRow: number;
  readonly intervalMs: number;
  readonly rows: readonly SeriesRow[];
  readonly depth: readonly Float32Array[];
  /** Latency in milliseconds, and the share of answers that took longer. */
  readonly slower: readonly (readonly [ms: number, share: number])[];
  /** Of the first balancer. */
  readonly inspection: Inspection | undefined;
}

/** The numbers of a `Result` that the page shows, untouched. */
export interface Figures {
  readonly latency: LatencySummary;
  readonly counts: Result["counts"];
  readonly successShare: number;
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
