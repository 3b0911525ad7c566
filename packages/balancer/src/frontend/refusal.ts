// The report about a client's connection that a frontend has refused.
import type { RefusedConnection } from "@tandem/transport";

export interface Refusal extends RefusedConnection {
  readonly frontend: string;
}
