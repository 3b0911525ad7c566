// A server as one balancer sees it, which is what pickers are given; and the truth, for oracles only.
import type { OracleServer } from "@tandem/balancer/pickers";
import type { ServerGroup } from "./scenario.ts";

/** What is so on the servers, whatever the balancers believe. */
export interface Truth {
  /** Requests on a server. */
  depth(server: number): number;
  /** Work left on a server, milliseconds at its present speed. */
  workLeft(server: number): number;
}

export class View implements OracleServer {
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
  /** A member of the fleet. */
  member = true;
  /** By the health checks. */
  healthy = true;
  /** Left out for a while by its failures. */
  ejected = false;
  failuresInRow = 0;
  readonly #truth: Truth;

  constructor(server: number, group: ServerGroup, truth: Truth) {
    this.name = `s${server}`;
    this.server = server;
    this.zone = group.zone ?? 0;
    this.priority = group.priority ?? 0;
    this.weight = group.weight ?? 1;
    this.fullWeight = this.weight;
    this.maxConnections = group.maxConnections ?? 0;
    this.#truth = truth;
  }

  /** To be called after `inFlight` changed. */
  counted(): void {
    if (this.maxConnections > 0) this.usable = this.inFlight < this.maxConnections;
  }

  get trueInFlight(): number {
    return this.#truth.depth(this.server);
  }

  get remainingWorkMs(): number {
    return this.#truth.workLeft(this.server);
  }
}
