// A server of a backend: its configuration, and its live state in the shared memory.
import type { ServerConfig } from "@tandem/config";
import { COUNTER, type CounterRow } from "../memory/counters.ts";
import { GAUGE, type ServerMemory, sinceOf } from "../memory/shared-memory.ts";
import { Tally } from "../memory/tally.ts";

/** HAProxy's states. The order is the number stored in shared memory. */
export const SERVER_STATES = ["up", "down", "draining", "maint"] as const;
export type ServerState = (typeof SERVER_STATES)[number];
const UP = 0;

export class Server {
  readonly name: string;
  readonly address: { readonly host: string; readonly port: number };
  readonly memory: ServerMemory;
  readonly tally: Tally;
  readonly counters: CounterRow;
  /** Its share of the traffic now, as its backend last worked it out; below `fullWeight` in a slow start. */
  weight: number;
  /** The same of `maxConnections`. */
  maxConnections: number;
  /** In a panic it is given requests though it is down. */
  forced = false;
  readonly #gauges: Int32Array;
  readonly #since: Float64Array;
  readonly #changed: () => void;
  #config: ServerConfig;
  #backup: boolean;

  /** @param changed called when its state or weight was changed here */
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
    this.#since = sinceOf(memory);
    this.#changed = changed;
    this.#config = config;
    this.#backup = backup;
    this.weight = this.fullWeight;
    this.maxConnections = config.maxConnections;
  }

  get config(): ServerConfig {
    return this.#config;
  }

  /** Only used while no other server is usable. */
  get backup(): boolean {
    return this.#backup;
  }

  /** A reload: another configuration of the same server. */
  configure(config: ServerConfig, backup: boolean): void {
    this.#config = config;
    this.#backup = backup;
    this.maxConnections = config.maxConnections;
  }

  get state(): ServerState {
    return SERVER_STATES[this.#gauges[GAUGE.state] as number] ?? "maint";
  }

  /** It is up and says that it cannot do all of its work: it gets requests only where no better one is. */
  get degraded(): boolean {
    return this.#gauges[GAUGE.degraded] === 1;
  }

  /** For the health monitor only. */
  set degraded(on: boolean) {
    if (on === this.degraded) return;
    Atomics.store(this.#gauges, GAUGE.degraded, on ? 1 : 0);
    this.#changed();
  }

  /** Its share of the traffic when nothing holds it back: the file's, or the operator's. */
  get fullWeight(): number {
    return this.#gauges[GAUGE.weight] as number;
  }

  /** Wall clock milliseconds since when it is up after having been down; 0 = since the start. */
  get upSince(): number {
    return this.#since[0] ?? 0;
  }

  /** Requests in flight from all threads. */
  get inFlight(): number {
    return this.#gauges[GAUGE.inFlight] as number;
  }

  /** Requests in a row that waited for this server, while others waited for any; of all threads. */
  get ownTurns(): number {
    return this.#gauges[GAUGE.ownTurns] as number;
  }

  set ownTurns(count: number) {
    this.#gauges[GAUGE.ownTurns] = count;
  }

  /** May be given new requests, room permitting. */
  get up(): boolean {
    return this.#gauges[GAUGE.state] === UP && this.fullWeight > 0;
  }

  get full(): boolean {
    return this.maxConnections > 0 && this.inFlight >= this.maxConnections;
  }

  /** The one question every algorithm asks. */
  get usable(): boolean {
    return (this.up || this.forced) && !this.full;
  }

  /** Gives it a request; false when another thread has given it the last it takes since it was looked for room. */
  begin(): boolean {
    if (this.maxConnections === 0) Atomics.add(this.#gauges, GAUGE.inFlight, 1);
    else if (!this.#takePlace()) return false;
    this.#count(COUNTER.current, 1);
    this.#count(COUNTER.loadBalanced, 1);
    return true;
  }

  /** That request is over, or moved to another server. */
  end(): void {
    Atomics.add(this.#gauges, GAUGE.inFlight, -1);
    this.#count(COUNTER.current, -1);
  }

  /** Never more than there are, not even for a moment: another thread would take a free place for a full server. */
  #takePlace(): boolean {
    for (let taken = this.inFlight; taken < this.maxConnections; ) {
      const found = Atomics.compareExchange(this.#gauges, GAUGE.inFlight, taken, taken + 1);
      if (found === taken) return true;
      taken = found;
    }
    return false;
  }

  /** For the health monitor and the operator only. `at`: wall clock milliseconds. */
  set(state: ServerState, at = 0): void {
    if (state === this.state) return;
    this.#since[0] = state === "up" ? at : 0;
    Atomics.store(this.#gauges, GAUGE.state, SERVER_STATES.indexOf(state));
    this.#changed();
  }

  /** A share of the traffic from 0 (no new requests) to 256, until the next start. */
  setWeight(weight: number): void {
    Atomics.store(this.#gauges, GAUGE.weight, weight);
    this.#changed();
  }

  #count(counter: number, by: number): void {
    this.counters[counter] = (this.counters[counter] ?? 0) + by;
  }
}
