// The pools of a backend's servers. When a reload replaces a pool or removes its server, the old pool stays until its
// last request has ended.
import { Pool } from "../pool/pool.ts";
import { requestPool } from "../pool/server-pool.ts";
import type { Server } from "../server/server.ts";
import type { BackendEnvironment, BackendPlan } from "./plan.ts";

export class Pools {
  readonly #environment: BackendEnvironment;
  #current: ReadonlyMap<Server, Pool>;
  /** The pools of removed servers, for requests that are still in flight at these servers. */
  readonly #left = new WeakMap<Server, Pool>();
  /** Replaced pools and the pools of removed servers, while they still have connections. */
  readonly #retired = new Set<Pool>();

  constructor(plan: BackendPlan, environment: BackendEnvironment) {
    this.#environment = environment;
    this.#current = this.#poolsFor(plan, new Map());
  }

  of(server: Server): Pool {
    const pool = this.#current.get(server) ?? this.#left.get(server);
    if (pool === undefined) throw new Error(`no pool for server ${server.name}`);
    return pool;
  }

  /** From now on keeps pools for the plan's servers. The pools of removed servers are stopped after `drainMs`. */
  adopt(plan: BackendPlan, drainMs: number): void {
    const before = this.#current;
    this.#current = this.#poolsFor(plan, before);
    this.#retire(before, drainMs);
  }

  /**
   * Called when the host name `name` has resolved to other addresses. New connections go to the new addresses, and
   * connections to the old addresses are no longer kept.
   */
  readdress(name: string): void {
    for (const [{ address }, pool] of this.#current) if (address.host === name) pool.readdress();
  }

  drain(): void {
    for (const pool of this.#current.values()) pool.drain();
  }

  stop(): void {
    for (const pool of [...this.#current.values(), ...this.#retired]) pool.stop();
  }

  /** Returns the pools for the plan. A pool whose options stay the same is kept, with its connections. */
  #poolsFor(plan: BackendPlan, before: ReadonlyMap<Server, Pool>): ReadonlyMap<Server, Pool> {
    return new Map(
      plan.servers.map((server) => {
        const options = requestPool(server, plan.config, plan.tls, this.#environment);
        const kept = before.get(server);
        return [server, kept?.matches(options) ? kept : new Pool(options)];
      }),
    );
  }

  #retire(before: ReadonlyMap<Server, Pool>, drainMs: number): void {
    for (const pool of this.#retired) if (pool.empty) this.#retired.delete(pool);
    for (const [server, pool] of before) {
      if (this.#current.get(server) === pool) continue;
      pool.drain();
      this.#retired.add(pool);
      if (this.#current.has(server)) continue;
      this.#left.set(server, pool);
      this.#environment.clock.after(drainMs, () => pool.stop());
    }
  }
}
