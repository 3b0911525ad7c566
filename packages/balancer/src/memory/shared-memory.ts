// The memory that all threads of a balancer share: a few small buffers for every frontend, backend and server, found by
// name. Frontends, backends and servers that stay after a reload keep their buffers. So nothing is copied, and a
// request in flight during a reload is counted in the same buffers before and after. The buffers of a removed server
// are kept while that server has requests in flight: if another reload adds the server again, these requests still
// count, so that `maxConnections` holds. Gauges, which algorithms and queues read, are changed by Atomics but read
// like any array. An atomic read would not help, because any value may be outdated a moment after it was read, and
// `Atomics.load` is a function call (2 % of the time of a small exchange). "own turns": see `Server.ownTurns`.
//
//   frontend            counters
//   backend             gauges [generation, ticket], counters, turns: the order of waiting requests (turns.ts)
//   server              gauges [state, weight, in flight, own turns, degraded | since when it is up], counters, turns
//   counters, Float64   [thread 0: row | thread 1: row | …]
import type { BalancerConfig, ServerConfig } from "@tandem/config";
import type { Rng } from "@tandem/transport";
import { ROW } from "./counters.ts";
import { Turns } from "./turns.ts";

/** The memory of one backend and of its servers. */
export interface BackendMemory {
  readonly gauges: SharedArrayBuffer;
  readonly turns: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  readonly servers: Readonly<Record<string, ServerMemory>>;
}

export interface ServerMemory {
  /**
   * The server's configured address. A server that gets another address counts as a new server, with memory of its own.
   */
  readonly address: string;
  readonly gauges: SharedArrayBuffer;
  readonly turns: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
}

/** A server that a reload has removed. It may still have requests in flight. */
export interface LeftServer {
  readonly backend: string;
  readonly name: string;
  readonly memory: ServerMemory;
}

/** All memory that the threads share. This object may be posted to another thread. */
export interface SharedMemory {
  readonly threads: number;
  readonly frontends: Readonly<Record<string, SharedArrayBuffer>>;
  readonly backends: Readonly<Record<string, BackendMemory>>;
  readonly left: readonly LeftServer[];
}

/** The indices of a server's Int32 gauges. After these gauges comes one Float64, see `stateSinceOf`. */
export const GAUGE = { state: 0, weight: 1, inFlight: 2, ownTurns: 3, degraded: 4 } as const;
/**
 * How many Int32 gauges a server has. The number is even, so that the Float64 after the gauges is aligned to eight
 * bytes.
 */
const SERVER_GAUGES = 6;
const SINCE_BYTES = SERVER_GAUGES * Int32Array.BYTES_PER_ELEMENT;

/**
 * Returns the Float64 that holds when the server came up again after being down, in wall clock milliseconds. 0 = the
 * server is not up, or no health check brought it up: it has been up since the start, or the operator made it ready.
 */
export function stateSinceOf({ gauges }: ServerMemory): Float64Array {
  return new Float64Array(gauges, SINCE_BYTES, 1);
}

/** The indices of a backend's Int32 gauges. `ticket`: the next number in round robin, drawn by all threads. */
export const BACKEND_GAUGE = { generation: 0, ticket: 1 } as const;

/**
 * Makes the memory for everything in `config`. Frontends, backends and servers that are in `before` keep their
 * buffers.
 */
export function allocateShared(
  { frontends, backends }: Pick<BalancerConfig, "frontends" | "backends">,
  threads: number,
  rng: Rng,
  before?: SharedMemory,
): SharedMemory {
  const counters = (): SharedArrayBuffer =>
    new SharedArrayBuffer(threads * ROW * Float64Array.BYTES_PER_ELEMENT);
  const gone = before?.left.filter(isBusy) ?? [];
  const server = (config: ServerConfig, backend: string, name: string): ServerMemory => {
    const address = `${config.address.host}:${config.address.port}`;
    const kept = before?.backends[backend]?.servers[name];
    if (kept?.address === address) return kept;
    const back = gone.find((left) => isSame(left, backend, name, address));
    if (back !== undefined) return asNew(back.memory, config);
    const gauges = new SharedArrayBuffer(SINCE_BYTES + Float64Array.BYTES_PER_ELEMENT);
    new Int32Array(gauges)[GAUGE.weight] = config.weight;
    return { address, gauges, turns: Turns.allocate(threads), counters: counters() };
  };
  const backendGauges = (): SharedArrayBuffer => {
    const gauges = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
    // Start at a random server. If every balancer started at the first server of the list, that server would get many
    // requests at once.
    new Uint32Array(gauges)[BACKEND_GAUGE.ticket] = Math.floor(rng() * 2 ** 32);
    return gauges;
  };
  const memory = {
    threads,
    frontends: mapped(frontends, (name) => before?.frontends[name] ?? counters()),
    backends: mapped(backends, (name, { servers }) => {
      const kept = before?.backends[name];
      return {
        gauges: kept?.gauges ?? backendGauges(),
        turns: kept?.turns ?? Turns.allocate(threads),
        counters: kept?.counters ?? counters(),
        servers: mapped(servers, (key, config) => server(config, name, key)),
      };
    }),
  };
  const stays = ({ backend, name, memory: own }: LeftServer): boolean =>
    memory.backends[backend]?.servers[name] === own;
  return { ...memory, left: [...configured(before), ...gone].filter((one) => !stays(one)) };
}

/**
 * Returns all servers in `memory`, the memory before a reload. A server that the reload removes is included even if it
 * has no request in flight, because it may get requests until the reload is committed.
 */
function configured(memory: SharedMemory | undefined): readonly LeftServer[] {
  return Object.entries(memory?.backends ?? {}).flatMap(([backend, { servers }]) =>
    Object.entries(servers).map(([name, own]) => ({ backend, name, memory: own })),
  );
}

function isBusy({ memory: { gauges } }: LeftServer): boolean {
  return Atomics.load(new Int32Array(gauges, 0, SERVER_GAUGES), GAUGE.inFlight) > 0;
}

function isSame(left: LeftServer, backend: string, name: string, address: string): boolean {
  return left.backend === backend && left.name === name && left.memory.address === address;
}

/** Resets the state of a removed server that a reload adds again. Its requests in flight and its counters are kept. */
function asNew(memory: ServerMemory, { weight }: ServerConfig): ServerMemory {
  const gauges = new Int32Array(memory.gauges, 0, SERVER_GAUGES);
  gauges[GAUGE.state] = 0;
  gauges[GAUGE.weight] = weight;
  gauges[GAUGE.degraded] = 0;
  stateSinceOf(memory)[0] = 0;
  return memory;
}

function mapped<A, B>(
  from: Readonly<Record<string, A>>,
  make: (name: string, value: A) => B,
): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, make(name, value)]));
}

/** Returns the memory with that name. Throws when there is none, because that is a bug. */
export function memoryOf<T>(memory: Readonly<Record<string, T>>, name: string): T {
  const found = memory[name];
  if (found === undefined) throw new Error(`no shared memory for "${name}"`);
  return found;
}
