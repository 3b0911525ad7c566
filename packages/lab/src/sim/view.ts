// A server as one balancer sees it, which is what pickers are given; and the truth, for oracles only.
import type { Member, OracleServer } from "@tandem/balancer/pickers";
import { type CounterRow, ROW } from "@tandem/balancer/policies";
import type { ServerGroup } from "./scenario.ts";

/** The balancer counts here how many requests wait for a server; the simulator's own meter does not need it. */
const COUNTERS: CounterRow = new Float64Array(ROW);
/** As configured by default. */
const QUEUE_TIMEOUT_MS = 5_000;

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
  /** Where requests wait for this very server, as the balancer's configuration has it. */
  readonly config: { readonly queue: { readonly limit: number; readonly timeout: number } };
  readonly counters = COUNTERS;
  /** Requests in a row that waited for this server, while others waited for any. */
  ownTurns = 0;
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
    const { limit = 0, timeoutMs = QUEUE_TIMEOUT_MS } = group.balancerQueue ?? {};
    this.config = { queue: { limit, timeout: timeoutMs } };
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

  /** May be given new requests, room permitting. */
  get up(): boolean {
    return this.listed && this.standing.weight > 0;
  }

  get full(): boolean {
    return this.maxConnections > 0 && this.inFlight >= this.maxConnections;
  }

  /** To be called after `inFlight` has changed. */
  counted(): void {
    if (this.maxConnections > 0) this.judge();
  }

  /** Works out `usable`: to be called after anything else has changed. */
  judge(): void {
    this.usable = (this.up || this.forced) && !this.full;
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
