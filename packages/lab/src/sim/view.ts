// A server as one balancer sees it, which is what pickers are given; and the truth, for oracles only.
import type { Member, OracleServer } from "@tandem/balancer/pickers";
import type { ServerGroup } from "./scenario.ts";

/** What is so on the servers, whatever the balancers believe. */
export interface Truth {
  /** Requests on a server. */
  depth(server: number): number;
  /** Work left on a server, milliseconds at its present speed. */
  workLeft(server: number): number;
}

/** What the balancer's own rules (eligibility) are asked about; they answer with who is in and its weight. */
export interface Standing extends Member {
  state: Member["state"];
  upSinceMs: number | undefined;
  readonly maxConnections: number;
  readonly view: View;
}

export class View implements OracleServer {
  readonly name: string;
  /** Position among the servers of the simulation. */
  readonly server: number;
  /** Of this moment, slow start and shares of zones included. */
  weight: number;
  inFlight = 0;
  /** Of this moment, slow start included; 0 = unlimited. */
  maxConnections: number;
  usable = true;
  readonly standing: Standing;
  /** It belongs to the fleet; false before it joins and while it is drained. */
  joined: boolean;
  /** By the health checks. */
  healthy = true;
  /** Left out for a while by its failures. */
  ejected = false;
  failuresInRow = 0;
  /** In a panic it is given requests though it is down. */
  forced = false;
  readonly #truth: Truth;

  constructor(server: number, group: ServerGroup, truth: Truth) {
    this.name = `s${server}`;
    this.server = server;
    this.weight = group.weight ?? 1;
    this.maxConnections = group.maxConnections ?? 0;
    this.joined = (group.joinsAtMs ?? 0) <= 0;
    this.standing = {
      name: this.name,
      state: "up",
      weight: this.weight,
      backup: group.backup ?? false,
      priority: group.priority ?? 0,
      zone: zoneName(group.zone ?? 0),
      upSinceMs: undefined,
      maxConnections: this.maxConnections,
      view: this,
    };
    this.#truth = truth;
  }

  /** Whether the balancer would give it requests. */
  get listed(): boolean {
    return this.joined && this.healthy && !this.ejected;
  }

  /** A request may be tried on it, room permitting. */
  get possible(): boolean {
    return (this.listed && this.standing.weight > 0) || this.forced;
  }

  /** To be called after `inFlight` or the limit changed. */
  counted(): void {
    if (this.standing.maxConnections > 0) this.usable = this.inFlight < this.maxConnections;
  }

  get trueInFlight(): number {
    return this.#truth.depth(this.server);
  }

  get remainingWorkMs(): number {
    return this.#truth.workLeft(this.server);
  }
}

/** Zones are numbers here and names in the balancer's rules. */
export function zoneName(zone: number): string {
  return `z${zone}`;
}
