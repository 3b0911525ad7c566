// What the control thread and a data thread say to each other. Requests never pass here.
import type { BalancerConfig, TelemetryConfig } from "@tandem/config";
import type { SharedBuffers } from "../backend/shared-state.ts";

/** Given to a data thread at its start. */
export interface ThreadOptions {
  readonly index: number;
  readonly config: BalancerConfig;
  readonly telemetry: TelemetryConfig;
  readonly box: string;
  readonly buffers: SharedBuffers;
}

export type ToThread =
  | { readonly type: "drain"; readonly deadlineMs: number }
  | { readonly type: "stop" };

export type FromThread =
  | { readonly type: "ready"; readonly ports: Readonly<Record<string, number>> }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "drained" };
