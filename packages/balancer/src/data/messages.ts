// What the control thread and a data thread say to each other. Requests never pass here.
import type { BalancerConfig, TelemetryConfig } from "@tandem/config";
import type { KnownNames } from "@tandem/transport";
import type { Refusal } from "../frontend/refusal.ts";
import type { SharedMemory } from "../memory/shared-memory.ts";

/** Given to a data thread at its start. */
export interface ThreadOptions {
  readonly index: number;
  readonly config: BalancerConfig;
  readonly telemetry: TelemetryConfig;
  readonly box: string;
  /** How the balancer calls itself in Via and Proxy-Status. */
  readonly pseudonym: string;
  readonly memory: SharedMemory;
  /** What is known of servers that are given by name. */
  readonly names: KnownNames;
  /** What TLS session tickets are made from. Never to be logged. */
  readonly ticketSecret: Uint8Array;
}

export type ToThread =
  /** Answered with `prepared` or `refused`. */
  | { readonly type: "prepare"; readonly config: BalancerConfig; readonly memory: SharedMemory }
  /** Only after `prepared`; answered with `committed`. */
  | { readonly type: "commit" }
  | { readonly type: "abort" }
  /** A name has these addresses from now on. */
  | { readonly type: "name"; readonly name: string; readonly addresses: readonly string[] }
  | { readonly type: "ticket-secret"; readonly secret: Uint8Array }
  | { readonly type: "drain"; readonly deadlineMs: number }
  | { readonly type: "stop" };

export type FromThread =
  | { readonly type: "ready"; readonly ports: Readonly<Record<string, number>> }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "prepared" }
  | { readonly type: "refused"; readonly message: string }
  | { readonly type: "committed"; readonly ports: Readonly<Record<string, number>> }
  | { readonly type: "drained" }
  /** Connections were not taken; of each kind, one in some seconds is told. */
  | { readonly type: "connection-refused"; readonly refusal: Refusal; readonly unsaid: number }
  /** Something goes wrong while requests are served all the same. */
  | { readonly type: "complaint"; readonly message: string };
