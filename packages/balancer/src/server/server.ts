// A server of a backend: its configuration, and its live state in the shared memory.
import type { ServerConfig } from "@tandem/config";
import { COUNTER, type CounterRow } from "../memory/counters.ts";
import { GAUGE, type ServerMemory, stateSinceOf } from "../memory/shared-memory.ts";
import { Tally } from "../memory/tally.ts";

/** The states of a server, as in HAProxy. In shared memory, a state is stored as its index in this list. */
export const SERVER_STATES = ["up", "down", "draining", "maint"] as const;
export type ServerState = (typeof SERVER_STATES)[number];
const UP = 0;

export class Server {
  readonly name: string;
  readonly address: { readonly host: string; readonly port: number };
  readonly memory: ServerMemory;
  readonly tally: Tally;
  readonly counters: CounterRow;
  /** The current weight, as the backend last computed it; below `fullWeight` during a slow start. */
  weight: number;
  /** The current `maxConnections`; below the configured number during a slow start. */
  maxConnections: number;
  /**
   * Whether health is ignored because too few servers are up (panic). Then the server gets requests
   * even if it is down.
   */
  forced = false;
  readonly #gauges: Int32Array;
  readonly #since: Float64Array;
  readonly #changed: () => void;
  #config: ServerConfig;
  #backup: boolean;

  /** @param changed called when this object has changed the server's state, weight or `degraded` */
  constructor(
    name: string,
    config: ServerConfig,
    backup: boolean,
    memory: ServerMemory,
    thread: number,
    changed: () => void,
  ) {
    this.name = name;
    this.address = { host: config.address.host ?? "", port: config.address.port };
    this.memory = memory;
    this.tally = new Tally(memory.counters, thread);
    this.counters = this.tally.row;
    this.#gauges = new Int32Array(memory.gauges);
    this.#since = stateSinceOf(memory);
    this.#changed = changed;
    this.#config = config;
    this.#backup = backup;
    this.weight = this.fullWeight;
    this.maxConnections = config.maxConnections;
  }

  get config(): ServerConfig {
    return this.#config;
  }

  /** Returns whether the server is used only while no other server is usable. */
  get backup(): boolean {
    return this.#backup;
  }

  /** Sets the new configuration of the server after a reload. */
  configure(config: ServerConfig, backup: boolean): void {
    this.#config = config;
    this.#backup = backup;
    this.maxConnections = config.maxConnections;
  }

  get state(): ServerState {
    return SERVER_STATES[this.#gauges[GAUGE.state] as number] ?? "maint";
  }

  /**
   * Returns whether the server is up but reports that it cannot do all of its work. Such a server gets requests only
   * while no better server is up.
   */
  get degraded(): boolean {
    return this.#gauges[GAUGE.degraded] === 1;
  }

  /** Sets `degraded`. Only the health monitor does so. */
  set degraded(on: boolean) {
    if (on === this.degraded) return;
    Atomics.store(this.#gauges, GAUGE.degraded, on ? 1 : 0);
    this.#changed();
  }

  /** Returns the weight without slow start: the weight in the file, or the weight that the operator has set. */
  get fullWeight(): number {
    return this.#gauges[GAUGE.weight] as number;
  }

  /**
   * Returns when the server came up again after being down, in wall clock milliseconds. 0 = the server is not up, or
   * no health check brought it up: it has been up since the start, or the operator made it ready.
   */
  get upSince(): number {
    return this.#since[0] ?? 0;
  }

  /** Returns the number of requests in flight from all threads. */
  get inFlight(): number {
    return this.#gauges[GAUGE.inFlight] as number;
  }

  /**
   * Returns how many requests in a row, over all threads, the server has taken from its own queue
   * while requests also waited in the backend's queue. After a few, the backend's queue gets its
   * turn.
   */
  get ownTurns(): number {
    return this.#gauges[GAUGE.ownTurns] as number;
  }

  set ownTurns(count: number) {
    this.#gauges[GAUGE.ownTurns] = count;
  }

  /**
   * Returns whether the server is up and has a weight above 0. The server may be full all the same.
   */
  get up(): boolean {
    return this.#gauges[GAUGE.state] === UP && this.fullWeight > 0;
  }

  get full(): boolean {
    return this.maxConnections > 0 && this.inFlight >= this.maxConnections;
  }

  /** Returns whether an algorithm may choose the server for a new request. */
  get usable(): boolean {
    return (this.up || this.forced) && !this.full;
  }

  /**
   * Counts a request as in flight. Returns false when the server is full: another thread may have
   * taken the last place since this thread chose the server.
   */
  begin(): boolean {
    if (this.maxConnections === 0) Atomics.add(this.#gauges, GAUGE.inFlight, 1);
    else if (!this.#takePlace()) return false;
    this.#count(COUNTER.current, 1);
    this.#count(COUNTER.loadBalanced, 1);
    return true;
  }

  /** Call this when a request that `begin` counted has ended, or when it goes to another server. */
  end(): void {
    Atomics.add(this.#gauges, GAUGE.inFlight, -1);
    this.#count(COUNTER.current, -1);
  }

  /**
   * Counts the request as in flight if the server is not full. Adding first, and subtracting again when the server is
   * full, would be wrong: between the two steps another thread could see a full server although a place is free.
   */
  #takePlace(): boolean {
    for (let taken = this.inFlight; taken < this.maxConnections; ) {
      const found = Atomics.compareExchange(this.#gauges, GAUGE.inFlight, taken, taken + 1);
      if (found === taken) return true;
      taken = found;
    }
    return false;
  }

  /** Sets the state. Only the health monitor and the operator call this. `at`: wall clock milliseconds. */
  set(state: ServerState, at = 0): void {
    if (state === this.state) return;
    this.#since[0] = state === "up" ? at : 0;
    Atomics.store(this.#gauges, GAUGE.state, SERVER_STATES.indexOf(state));
    this.#changed();
  }

  /** Sets the weight, from 0 (no new requests) to 256, until the next start. */
  setWeight(weight: number): void {
    Atomics.store(this.#gauges, GAUGE.weight, weight);
    this.#changed();
  }

  #count(counter: number, by: number): void {
    this.counters[counter] = (this.counters[counter] ?? 0) + by;
  }
}
