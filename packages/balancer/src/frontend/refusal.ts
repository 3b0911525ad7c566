// A connection that was not taken.
import type { RefusedConnection } from "@tandem/transport";

export interface Refusal extends RefusedConnection {
  readonly frontend: string;
}
