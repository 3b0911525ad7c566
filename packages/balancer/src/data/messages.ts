// The messages between the control thread and a data thread. Clients' requests are not among them.
import type { BalancerConfig, TelemetryConfig } from "@tandem/config";
import type { KnownNames } from "@tandem/transport";
import type { Refusal } from "../frontend/refusal.ts";
import type { SharedMemory } from "../memory/shared-memory.ts";

/** The options that a data thread gets at its start. */
export interface ThreadOptions {
  readonly index: number;
  readonly config: BalancerConfig;
  readonly telemetry: TelemetryConfig;
  readonly box: string;
  /** The balancer's name in Via and Proxy-Status. */
  readonly pseudonym: string;
  readonly memory: SharedMemory;
  /** The known addresses of servers whose address is a host name. */
  readonly names: KnownNames;
  /** The secret of TLS session tickets. It must never be logged. */
  readonly ticketSecret: Uint8Array;
}

export type ToThread =
  /** Prepares a reload. The thread answers with `prepared` or `refused`. */
  | { readonly type: "prepare"; readonly config: BalancerConfig; readonly memory: SharedMemory }
  /**
   * Puts the prepared configuration in force. Sent only after the thread answered `prepared`; the thread answers with
   * `committed`.
   */
  | { readonly type: "commit" }
  | { readonly type: "abort" }
  /** The new addresses of a host name. */
  | { readonly type: "name"; readonly name: string; readonly addresses: readonly string[] }
  /** Reads the certificates of these frontends again. */
  | { readonly type: "certificates"; readonly frontends: readonly string[] }
  | { readonly type: "ticket-secret"; readonly secret: Uint8Array }
  | { readonly type: "drain"; readonly deadlineMs: number; readonly replaced: boolean }
  | { readonly type: "stop" };

export type FromThread =
  | { readonly type: "ready"; readonly ports: Readonly<Record<string, number>> }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "prepared" }
  | { readonly type: "refused"; readonly message: string }
  | { readonly type: "committed"; readonly ports: Readonly<Record<string, number>> }
  | { readonly type: "drained" }
  /**
   * Reports a refused connection. For each kind of refusal, only one report is sent every few
   * seconds; `unsaid` is the number of refusals of this kind that were not reported since the last
   * report.
   */
  | { readonly type: "connection-refused"; readonly refusal: Refusal; readonly unsaid: number }
  /** A message for the operator about a problem that does not stop requests from being served. */
  | { readonly type: "complaint"; readonly message: string };
