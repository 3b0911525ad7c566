// The memory that all threads of a balancer share. Per server: what the algorithms read (state,
// weight, requests in flight), so that least-conn counts over every thread and one health verdict
// holds for all. Per thread and entity: a row of counters. Gauges are changed with Atomics and read
// plainly: what was read may be old a moment later either way, and an atomic load is a call (2 % of a
// small exchange).
//
//   gauges   Int32   [ generation | ticket… per backend | server 0: state weight in-flight queued | server 1 … ]
//   counters Float64 [ thread 0: entity 0 row, entity 1 row … | thread 1: … ]
import { COUNTER, type Counter, type CounterRow, ROW } from "./counters.ts";

/** How many of each there are; threads that share memory must agree on it. */
export interface SharedShape {
  readonly frontends: number;
  readonly backends: number;
  readonly servers: number;
  readonly threads: number;
}

/** May be posted to another thread. */
export interface SharedBuffers {
  readonly shape: SharedShape;
  readonly gauges: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
}

const GENERATION = 0;
const SERVER_GAUGES = 4;

/** Columns of a server's gauges. */
export const GAUGE = { state: 0, weight: 1, inFlight: 2, queued: 3 } as const;
export type Gauge = (typeof GAUGE)[keyof typeof GAUGE];

const entities = ({ frontends, backends, servers }: SharedShape) => frontends + backends + servers;

export function allocateShared(shape: SharedShape): SharedBuffers {
  const gauges = 1 + shape.backends + shape.servers * SERVER_GAUGES;
  return {
    shape,
    gauges: new SharedArrayBuffer(gauges * Int32Array.BYTES_PER_ELEMENT),
    counters: new SharedArrayBuffer(
      shape.threads * entities(shape) * ROW * Float64Array.BYTES_PER_ELEMENT,
    ),
  };
}

/** One thread's view of the shared memory. */
export class SharedState {
  readonly shape: SharedShape;
  readonly #gauges: Int32Array;
  readonly #counters: Float64Array;
  readonly #thread: number;

  constructor(buffers: SharedBuffers, thread: number) {
    this.shape = buffers.shape;
    this.#gauges = new Int32Array(buffers.gauges);
    this.#counters = new Float64Array(buffers.counters);
    this.#thread = thread;
  }

  /** Rises whenever a server's state or weight changed: what was derived from them is stale. */
  get generation(): number {
    return this.#gauges[GENERATION] as number;
  }

  changed(): void {
    Atomics.add(this.#gauges, GENERATION, 1);
  }

  /** A number no other thread gets for this backend; wraps to 0 after 2^32. */
  ticket(backend: number): number {
    return Atomics.add(this.#gauges, 1 + backend, 1) >>> 0;
  }

  gauge(server: number, gauge: Gauge): number {
    return this.#gauges[this.#at(server, gauge)] as number;
  }

  setGauge(server: number, gauge: Gauge, value: number): void {
    Atomics.store(this.#gauges, this.#at(server, gauge), value);
  }

  addGauge(server: number, gauge: Gauge, by: number): void {
    Atomics.add(this.#gauges, this.#at(server, gauge), by);
  }

  frontendRow(index: number, thread = this.#thread): CounterRow {
    return this.#row(index, thread);
  }

  backendRow(index: number, thread = this.#thread): CounterRow {
    return this.#row(this.shape.frontends + index, thread);
  }

  serverRow(index: number, thread = this.#thread): CounterRow {
    return this.#row(this.shape.frontends + this.shape.backends + index, thread);
  }

  /** Open sessions of a frontend over all threads; on every request's path, so without a closure. */
  sessionsOf(frontend: number): number {
    let total = 0;
    for (let thread = 0; thread < this.shape.threads; thread++) {
      const at = (thread * entities(this.shape) + frontend) * ROW + COUNTER.current;
      total += this.#counters[at] ?? 0;
    }
    return total;
  }

  /** A counter of one entity over all threads. */
  sum(rowOf: (thread: number) => CounterRow, counter: Counter): number {
    let total = 0;
    for (let thread = 0; thread < this.shape.threads; thread++) {
      total += rowOf(thread)[counter] ?? 0;
    }
    return total;
  }

  #row(entity: number, thread: number): CounterRow {
    const start = (thread * entities(this.shape) + entity) * ROW;
    return this.#counters.subarray(start, start + ROW);
  }

  #at(server: number, gauge: Gauge): number {
    return 1 + this.shape.backends + server * SERVER_GAUGES + gauge;
  }
}
