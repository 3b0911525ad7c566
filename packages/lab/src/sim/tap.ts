// Listening in: for animation, logs and the proof that two runs are the same. Without a tap the simulator
// skips all of this.
import type { PickReason } from "@tandem/balancer/pickers";

export type RequestOutcome = "ok" | "failed" | "timeout" | "rejected";

/** `request` is the request's number in the order of arrivals; a retried request picks and starts again. */
export interface Tap {
  arrival?(time: number, request: number, balancer: number, key: number | undefined): void;
  pick?(time: number, request: number, balancer: number, server: number, why: PickReason): void;
  /** It is at its server (after the network); it waits there or is worked on. */
  start?(time: number, request: number, server: number): void;
  /** An attempt is over at its server: worked on, refused, or taken back. */
  leave?(time: number, request: number, server: number): void;
  /** The client has its answer, or has given up. `server` is −1 when none was ever picked. */
  end?(
    time: number,
    request: number,
    server: number,
    outcome: RequestOutcome,
    latencyMs: number,
  ): void;
  /** Something happened to a server: "crash", "up", "slow ×10", "unhealthy" … */
  state?(time: number, server: number, what: string): void;
}

/** Sums a run up to 32 bits, every event and every bit of its time: equal runs, equal sums. */
export class EventHash implements Tap {
  events = 0;
  #hash = 0x811c9dc5;
  readonly #double = new Float64Array(1);
  readonly #words = new Int32Array(this.#double.buffer);

  /** Hexadecimal. */
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
