// A server as one balancer sees it; what the pickers are given.
import type { PickServer } from "../../../balancer/src/picker/picker.ts";

export class View implements PickServer {
  readonly name: string;
  /** Position among the servers of the simulation. */
  readonly server: number;
  readonly zone: number;
  readonly priority: number;
  weight: number;
  readonly fullWeight: number;
  inFlight = 0;
  readonly maxConnections: number;
  usable = true;
  /** In this balancer's list: joined, in its subset, not down, not ejected. */
  member = true;
  /** By the health checks. */
  healthy = true;
  ejected = false;
  failuresInRow = 0;

  constructor(server: number, group: ViewOptions) {
    this.name = `s${server}`;
    this.server = server;
    this.zone = group.zone ?? 0;
    this.priority = group.priority ?? 0;
    this.weight = group.weight ?? 1;
    this.fullWeight = this.weight;
    this.maxConnections = group.maxConnections ?? 0;
  }

  /** To be called after `inFlight` changed. */
  counted(): void {
    if (this.maxConnections > 0) this.usable = this.inFlight < this.maxConnections;
  }
}

interface ViewOptions {
  readonly weight?: number;
  readonly maxConnections?: number;
  readonly zone?: number;
  readonly priority?: number;
}
