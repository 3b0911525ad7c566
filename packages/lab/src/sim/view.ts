// A view is a server as one balancer sees it, in the form that pickers (the balancing algorithms)
// take. The view also knows the real state of the server. Only oracles read that state: algorithms
// for comparison that know more than a balancer can.
import type { Member, OracleServer } from "@tandem/balancer/pickers";
import { type CounterRow, ROW } from "@tandem/balancer/policies";
import type { ServerGroup } from "./scenario.ts";

/**
 * The balancer's code for queues needs a row in which it counts waiting requests. These counts are
 * never read, because the simulator has its own meter.
 */
const COUNTERS: CounterRow = new Float64Array(ROW);
/** How long a request may wait for this server, in milliseconds: the default of the balancer's configuration. */
const QUEUE_TIMEOUT_MS = 5_000;

/** The real state of the servers, which the balancers do not know. */
export interface Truth {
  /** Returns the number of requests on a server. */
  depth(server: number): number;
  /** Returns what the request that is picked for would cost on a server, in milliseconds (see added-time.ts). */
  addedMs(server: number): number;
}

/**
 * A server in the form that the balancer's rules (eligibility) take. These rules say whether the server may be picked,
 * and its weight.
 */
export interface Standing extends Member {
  state: Member["state"];
  upSinceMs: number | undefined;
  readonly maxConnections: number;
  readonly view: View;
}

export class View implements OracleServer {
  readonly name: string;
  /** The server's position among the servers of the simulation. */
  readonly server: number;
  /** The present weight, after slow start and the shares of the zones. */
  weight: number;
  inFlight = 0;
  /** The present limit, after slow start. 0 = unlimited. */
  maxConnections: number;
  usable = true;
  readonly standing: Standing;
  /** The queue of requests that wait for this server, in the shape of the balancer's configuration. */
  readonly config: { readonly queue: { readonly limit: number; readonly timeout: number } };
  readonly counters = COUNTERS;
  /**
   * How many requests in a row the server took from its own queue while requests also waited in the
   * queue for all servers.
   */
  ownTurns = 0;
  /** Whether the server belongs to the fleet. False before the server joins and while it is drained. */
  joined: boolean;
  /** Whether the health checks found the server healthy. */
  healthy = true;
  /** Whether the balancer leaves the server out for a while after failures in a row (passive ejection). */
  ejected = false;
  failuresInRow = 0;
  /**
   * Whether the server gets requests although it is down, because too few servers are up (panic).
   */
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

  /** Whether the server is a member, healthy and not ejected. */
  get listed(): boolean {
    return this.joined && this.healthy && !this.ejected;
  }

  /** Whether the server may get new requests when it has room. */
  get up(): boolean {
    return this.listed && this.standing.weight > 0;
  }

  get full(): boolean {
    return this.maxConnections > 0 && this.inFlight >= this.maxConnections;
  }

  /** Updates `usable` after a change of `inFlight`. Must be called after every such change. */
  counted(): void {
    if (this.maxConnections > 0) this.judge();
  }

  /** Computes `usable`. Must be called after a change of any field that `usable` depends on. */
  judge(): void {
    this.usable = (this.up || this.forced) && !this.full;
  }

  get trueInFlight(): number {
    return this.#truth.depth(this.server);
  }

  get addedMs(): number {
    return this.#truth.addedMs(this.server);
  }
}

/** Returns the name of a zone for the balancer's rules. In the simulator a zone is a number. */
export function zoneName(zone: number): string {
  return `z${zone}`;
}
