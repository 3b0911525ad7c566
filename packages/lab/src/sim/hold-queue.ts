// Requests that wait at their balancer because no server is usable; first in, first out.
import type { AttemptTable } from "./attempt-table.ts";

export class HoldQueue {
  readonly #attempts: AttemptTable;
  readonly #limit: number;
  readonly #queues: Set<number>[];

  constructor(attempts: AttemptTable, balancers: number, limit: number) {
    this.#attempts = attempts;
    this.#limit = limit;
    this.#queues = Array.from({ length: balancers }, () => new Set());
  }

  /** False when the queue is full. */
  push(slot: number): boolean {
    const queue = this.#of(slot);
    if (queue.size >= this.#limit) return false;
    queue.add(slot);
    return true;
  }

  remove(slot: number): void {
    this.#of(slot).delete(slot);
  }

  /** The one that waits longest, −1 when none does. */
  shift(balancer: number): number {
    const queue = this.#queues[balancer];
    const first = queue?.values().next();
    if (first === undefined || first.done) return -1;
    queue?.delete(first.value);
    return first.value;
  }

  #of(slot: number): Set<number> {
    return this.#queues[this.#attempts.balancer[slot] as number] as Set<number>;
  }
}
