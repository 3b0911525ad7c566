// The event for a connection that was refused.
import type { RefusedConnection } from "@tandem/transport";

export interface Refusal extends RefusedConnection {
  readonly frontend: string;
}
