// A backend at work in one thread: its servers, the algorithm that chooses among them, the queue for
// when all are full, and a pool of connections per server.
import type { BackendConfig } from "@tandem/config";
import { type Clock, type Deadlines, internalClientOptions, type Rng } from "@tandem/transport";
import type { Attempts } from "../exchange/attempts.ts";
import type { Picker } from "../picker/picker.ts";
import { PICKERS } from "../picker/pickers.ts";
import { Pool, type PoolOptions } from "../pool/pool.ts";
import type { ReadBuffers } from "../pool/read-buffers.ts";
import { COUNTER, type CounterRow } from "./counters.ts";
import { Queue } from "./queue.ts";
import { RetryBudget } from "./retry-budget.ts";
import { Server } from "./server.ts";
import type { SharedState } from "./shared-state.ts";

export interface BackendEnvironment {
  readonly shared: SharedState;
  /** Which backend this is, and which server its first one is, in the shared memory. */
  readonly index: number;
  readonly firstServer: number;
  readonly box: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly deadlines: Deadlines;
  readonly buffers: ReadBuffers;
}

export class Backend {
  readonly name: string;
  readonly config: BackendConfig;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly servers: readonly Server[];
  readonly queue: Queue;
  readonly counters: CounterRow;
  readonly retryBudget: RetryBudget;
  readonly #shared: SharedState;
  readonly #picker: Picker<Server>;
  readonly #pools: ReadonlyMap<Server, Pool>;
  #generation = -1;

  constructor(name: string, config: BackendConfig, environment: BackendEnvironment) {
    const { shared, index, clock, deadlines, rng } = environment;
    this.name = name;
    this.config = config;
    this.clock = clock;
    this.deadlines = deadlines;
    this.#shared = shared;
    this.counters = shared.backendRow(index);
    const { limit, timeout } = config.queue;
    this.queue = new Queue(deadlines, limit, timeout, this.counters);
    this.servers = backendServers(config, environment);
    this.retryBudget = new RetryBudget(this.servers.length);
    const [now, ticket] = [() => clock.now(), () => shared.ticket(index)];
    this.#picker = PICKERS[config.balance.algorithm]({ rng, now, ticket });
    const tls = config.tls === undefined ? undefined : internalClientOptions(config.tls);
    const pool = (server: Server) => new Pool(this.#poolOptions(server, tls, environment.buffers));
    this.#pools = new Map(this.servers.map((server) => [server, pool(server)]));
  }

  /** The server for a request, or undefined: all untried ones are down or full. */
  pick(attempts: Attempts): Server | undefined {
    const { generation } = this.#shared;
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#picker.update(this.#eligible());
    }
    return this.#picker.pick(attempts) ?? this.#lastResort(attempts);
  }

  /** Whether a server is up, backup or not, that has not failed this request. */
  hasUntried({ tried }: Attempts): boolean {
    return this.servers.some((server) => server.up && !tried.includes(server));
  }

  /** Requests of this thread that are queued or given to a server. */
  get inFlight(): number {
    return this.counters[COUNTER.current] ?? 0;
  }

  poolOf(server: Server): Pool {
    const pool = this.#pools.get(server);
    if (pool === undefined) throw new Error(`no pool for server ${server.name}`);
    return pool;
  }

  drain(): void {
    for (const pool of this.#pools.values()) pool.drain();
  }

  stop(): void {
    this.queue.close();
    for (const pool of this.#pools.values()) pool.stop();
  }

  /** When all but the backups have failed this request, a backup need not wait for the health checks to agree. */
  #lastResort({ tried }: Attempts): Server | undefined {
    if (tried.length === 0) return undefined;
    const untried = this.servers.filter((server) => server.up && !tried.includes(server));
    return untried.every((server) => server.backup)
      ? untried.find((server) => server.usable)
      : undefined;
  }

  /** Backup servers count only while no other is up. */
  #eligible(): readonly Server[] {
    const up = this.servers.filter((server) => server.up);
    const active = up.filter((server) => !server.backup);
    return active.length > 0 ? active : up;
  }

  #poolOptions(server: Server, tls: PoolOptions["tls"], buffers: ReadBuffers): PoolOptions {
    const { timeouts, maxIdle } = this.config;
    const { name, address, counters } = server;
    const { clock, deadlines } = this;
    const { connect: connectMs, idle: idleMs } = timeouts;
    return { name, address, tls, connectMs, idleMs, maxIdle, counters, clock, deadlines, buffers };
  }
}

/** The servers of a backend; with `prefer: same-box` those of other boxes are backups. */
export function backendServers(
  config: BackendConfig,
  environment: Pick<BackendEnvironment, "shared" | "firstServer" | "box">,
): readonly Server[] {
  return Object.entries(config.servers).map(([name, server], index) => {
    const backup = server.backup || (config.prefer === "same-box" && name !== environment.box);
    return new Server(name, server, backup, environment.firstServer + index, environment.shared);
  });
}
