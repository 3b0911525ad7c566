// Decides which servers Prequal probes, and when. Every request triggers probes of `probesPerPick`
// random servers. A fraction of a probe is carried over to the next request, and no server is
// probed twice for one request. While no requests come, the same number of probes is sent once a
// second, so that the next request finds recent answers.
import type { Dice } from "../dice.ts";

export class ProbeSchedule<S> {
  readonly #dice: Dice;
  readonly #probesPerPick: number;
  #order: S[] = [];
  /** One array for each possible number of probes, reused so that `next` does not allocate. */
  #batches: S[][] = [[]];
  #due = 0;
  #picked = false;

  constructor(dice: Dice, probesPerPick: number) {
    this.#dice = dice;
    this.#probesPerPick = probesPerPick;
  }

  update(servers: readonly S[]): void {
    this.#order = [...servers];
    const most = Math.min(servers.length, Math.ceil(this.#probesPerPick) + 1);
    this.#batches = Array.from({ length: most + 1 }, (_, count) => servers.slice(0, count));
  }

  picked(): void {
    this.#due += this.#probesPerPick;
    this.#picked = true;
  }

  /** Returns the servers to probe now. The next call may reuse the array. */
  next(): readonly S[] {
    if (!this.#picked) this.#due = Math.max(this.#due, Math.ceil(this.#probesPerPick));
    this.#picked = false;
    const order = this.#order;
    const count = Math.min(Math.floor(this.#due), this.#batches.length - 1);
    this.#due = Math.min(this.#due - count, this.#probesPerPick);
    const batch = this.#batches[count] ?? [];
    for (let i = 0; i < count; i++) {
      const other = i + this.#dice.below(order.length - i);
      const chosen = order[other];
      const kept = order[i];
      if (chosen === undefined || kept === undefined) continue;
      order[other] = kept;
      order[i] = chosen;
      batch[i] = chosen;
    }
    return batch;
  }
}
