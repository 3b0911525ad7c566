// A tap has a method for every kind of event of the requests. It serves animations, logs, and tests
// that two runs are equal. Without a tap the simulator makes none of these calls.
import type { PickReason } from "@tandem/balancer/pickers";

export type RequestOutcome = "ok" | "failed" | "timeout" | "rejected";

/**
 * In all methods `request` is the position of the request in the order of arrivals. For a retry,
 * `pick` and `start` are called again with the same position.
 */
export interface Tap {
  arrival?(time: number, request: number, balancer: number, key: number | undefined): void;
  pick?(time: number, request: number, balancer: number, server: number, why: PickReason): void;
  /**
   * The attempt has reached its server, after the network delay. The server works on it, lets it wait or refuses it.
   */
  start?(time: number, request: number, server: number): void;
  /** The attempt has left its server: the work is done, or the server refused or dropped the attempt. */
  leave?(time: number, request: number, server: number): void;
  /** The client has its answer, or has given up. `server` is −1 when no server was ever picked. */
  end?(
    time: number,
    request: number,
    server: number,
    outcome: RequestOutcome,
    latencyMs: number,
  ): void;
  /** The state of a server changed: "crash", "up", "slow ×10", "unhealthy" … */
  state?(time: number, server: number, what: string): void;
}

/** Computes a 32-bit hash over every event of a run and every bit of its times. Equal runs have equal hashes. */
export class EventHash implements Tap {
  events = 0;
  #hash = 0x811c9dc5;
  readonly #double = new Float64Array(1);
  readonly #words = new Int32Array(this.#double.buffer);

  /** Returns the hash in hexadecimal. */
  get digest(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }

  arrival(time: number, request: number, balancer: number): void {
    this.#add(1, time, request, balancer);
  }

  pick(time: number, request: number, balancer: number, server: number): void {
    this.#add(2, time, request, balancer * 65_536 + server);
  }

  start(time: number, request: number, server: number): void {
    this.#add(3, time, request, server);
  }

  end(time: number, request: number, server: number, outcome: RequestOutcome): void {
    this.#add(4, time, request, server * 256 + outcome.length);
  }

  #add(kind: number, time: number, request: number, rest: number): void {
    this.events++;
    this.#double[0] = time;
    let hash = Math.imul(this.#hash ^ kind, 0x01000193);
    hash = Math.imul(hash ^ (this.#words[0] as number), 0x01000193);
    hash = Math.imul(hash ^ (this.#words[1] as number), 0x01000193);
    hash = Math.imul(hash ^ request, 0x01000193);
    hash = Math.imul(hash ^ rest, 0x01000193);
    this.#hash = hash ^ (hash >>> 15);
  }
}
