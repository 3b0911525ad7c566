// A server of a backend: its configuration, and its live state in the shared memory.
import type { ServerConfig } from "@tandem/config";
import { COUNTER, type CounterRow } from "./counters.ts";
import { GAUGE, type SharedState } from "./shared-state.ts";

/** HAProxy's states. The order is the number stored in shared memory. */
export const SERVER_STATES = ["up", "down", "draining", "maint"] as const;
export type ServerState = (typeof SERVER_STATES)[number];

export class Server {
  readonly name: string;
  readonly address: { readonly host: string; readonly port: number };
  /** Only used while no other server is usable. */
  readonly backup: boolean;
  /** 0 = unlimited. */
  readonly maxConnections: number;
  readonly index: number;
  readonly counters: CounterRow;
  readonly #shared: SharedState;

  constructor(
    name: string,
    config: ServerConfig,
    backup: boolean,
    index: number,
    shared: SharedState,
  ) {
    this.name = name;
    this.address = { host: config.address.host ?? "", port: config.address.port };
    this.backup = backup;
    this.maxConnections = config.maxConnections;
    this.index = index;
    this.#shared = shared;
    this.counters = shared.serverRow(index);
  }

  get state(): ServerState {
    return SERVER_STATES[this.#shared.gauge(this.index, GAUGE.state)] ?? "maint";
  }

  get weight(): number {
    return this.#shared.gauge(this.index, GAUGE.weight);
  }

  /** Requests in flight from all threads. */
  get inFlight(): number {
    return this.#shared.gauge(this.index, GAUGE.inFlight);
  }

  /** May be given new requests, room permitting. */
  get up(): boolean {
    return this.state === "up" && this.weight > 0;
  }

  get full(): boolean {
    return this.maxConnections > 0 && this.inFlight >= this.maxConnections;
  }

  /** The one question every algorithm asks. */
  get usable(): boolean {
    return this.up && !this.full;
  }

  /** A request was given to this server. */
  begin(): void {
    this.#shared.addGauge(this.index, GAUGE.inFlight, 1);
    this.#count(COUNTER.current, 1);
    this.#count(COUNTER.loadBalanced, 1);
  }

  /** That request is over, or moved to another server. */
  end(): void {
    this.#shared.addGauge(this.index, GAUGE.inFlight, -1);
    this.#count(COUNTER.current, -1);
  }

  /** For the health monitor and the operator only. */
  set(state: ServerState): void {
    if (state === this.state) return;
    this.#shared.setGauge(this.index, GAUGE.state, SERVER_STATES.indexOf(state));
    this.#shared.changed();
  }

  /** A share of the traffic from 0 (no new requests) to 256, until the next start. */
  setWeight(weight: number): void {
    this.#shared.setGauge(this.index, GAUGE.weight, weight);
    this.#shared.changed();
  }

  #count(counter: number, by: number): void {
    this.counters[counter] = (this.counters[counter] ?? 0) + by;
  }
}
