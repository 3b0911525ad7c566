// The memory that all threads of a balancer share: a few small buffers for every frontend, backend and
// server, found by name. What stays over a reload keeps its buffers, so nothing is copied and a request
// in flight goes on counting where it began; what leaves is forgotten, and freed with its last user.
// Gauges are changed with Atomics and read plainly: what was read may be old a moment later either way,
// and an atomic load is a call (2 % of a small exchange).
//
//   frontend            counters
//   backend             gauges [generation, ticket], counters, turns (turns.ts)
//   server              gauges [state, weight, in flight, own turns, degraded | since when it is up], counters, turns
//   counters, Float64   [thread 0: row | thread 1: row | …]
import type { BalancerConfig, ServerConfig } from "@tandem/config";
import type { Rng } from "@tandem/transport";
import { ROW } from "./counters.ts";
import { Turns } from "./turns.ts";

/** Of one backend: what it has beside the counters of its servers. */
export interface BackendMemory {
  readonly gauges: SharedArrayBuffer;
  readonly turns: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  readonly servers: Readonly<Record<string, ServerMemory>>;
}

export interface ServerMemory {
  /** Another address is another server. */
  readonly address: string;
  readonly gauges: SharedArrayBuffer;
  readonly turns: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
}

/** May be posted to another thread. */
export interface SharedMemory {
  readonly threads: number;
  readonly frontends: Readonly<Record<string, SharedArrayBuffer>>;
  readonly backends: Readonly<Record<string, BackendMemory>>;
}

/** A server's gauges, Int32, beside `SINCE` at the end. */
export const GAUGE = { state: 0, weight: 1, inFlight: 2, ownTurns: 3, degraded: 4 } as const;
/** An even number: what follows them is eight bytes wide. */
const SERVER_GAUGES = 6;
const SINCE_BYTES = SERVER_GAUGES * Int32Array.BYTES_PER_ELEMENT;

/** Wall clock milliseconds since when a server is up after having been down; 0 = since the start. */
export function sinceOf({ gauges }: ServerMemory): Float64Array {
  return new Float64Array(gauges, SINCE_BYTES, 1);
}

/** A backend's gauges, Int32. */
export const BACKEND_GAUGE = { generation: 0, ticket: 1 } as const;

/** Memory for everything in `config`; what `before` has already is taken from there. */
export function allocateShared(
  { frontends, backends }: Pick<BalancerConfig, "frontends" | "backends">,
  threads: number,
  rng: Rng,
  before?: SharedMemory,
): SharedMemory {
  const counters = (): SharedArrayBuffer =>
    new SharedArrayBuffer(threads * ROW * Float64Array.BYTES_PER_ELEMENT);
  const server = (config: ServerConfig, kept: ServerMemory | undefined): ServerMemory => {
    const address = `${config.address.host}:${config.address.port}`;
    if (kept?.address === address) return kept;
    const gauges = new SharedArrayBuffer(SINCE_BYTES + Float64Array.BYTES_PER_ELEMENT);
    new Int32Array(gauges)[GAUGE.weight] = config.weight;
    return { address, gauges, turns: Turns.allocate(threads), counters: counters() };
  };
  const backendGauges = (): SharedArrayBuffer => {
    const gauges = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
    // Balancers that all began with the first server would all rush to it.
    new Uint32Array(gauges)[BACKEND_GAUGE.ticket] = Math.floor(rng() * 2 ** 32);
    return gauges;
  };
  return {
    threads,
    frontends: mapped(frontends, (name) => before?.frontends[name] ?? counters()),
    backends: mapped(backends, (name, { servers }) => {
      const kept = before?.backends[name];
      return {
        gauges: kept?.gauges ?? backendGauges(),
        turns: kept?.turns ?? Turns.allocate(threads),
        counters: kept?.counters ?? counters(),
        servers: mapped(servers, (key, config) => server(config, kept?.servers[key])),
      };
    }),
  };
}

function mapped<A, B>(
  from: Readonly<Record<string, A>>,
  make: (name: string, value: A) => B,
): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, make(name, value)]));
}

/** The memory of what `find` should have; a name without memory is a bug. */
export function memoryOf<T>(memory: Readonly<Record<string, T>>, name: string): T {
  const found = memory[name];
  if (found === undefined) throw new Error(`no shared memory for "${name}"`);
  return found;
}
