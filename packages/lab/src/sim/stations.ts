// The work of the servers. FIFO and processor sharing use one mechanism: each server has a clock of work, which runs as
// fast as the server works on one request in service. A request is finished when this clock has advanced by the
// request's work since the request entered service. FIFO lets `workers` requests into service at full speed. Processor
// sharing lets all requests into service, and with n of them slows the clock to workers/n. A pause stops the clock. So
// a change of speed in the middle of a request is exact.
//
//   enter ──FIFO, all workers busy──> waiting: linked list ──a worker is free──> served: heap by finishAt ──> done
//     └────────────────────────────otherwise─────────────────────────────────────^
import type { Agenda } from "./agenda.ts";
import { type AttemptTable, PHASE } from "./attempt-table.ts";

export interface StationOptions {
  readonly workers: number;
  readonly sharing: boolean;
  readonly speed: number;
  readonly queueLimit: number;
}

/**
 * A request counts as finished when its remaining work is at most EPSILON (1e-9 ms) plus the
 * rounding error of the clock, which is ROUNDING times the clock value.
 */
const EPSILON = 1e-9;
const ROUNDING = 1e-15;

export class Stations {
  /** Requests on each server, in service and waiting. */
  readonly depth: Int32Array;
  /** Requests in service on each server. */
  readonly served: Int32Array;
  /**
   * How many milliseconds of worker time each server has used, up to the last call of `advance`.
   */
  readonly busyMs: Float64Array;
  /** How much work was done, in milliseconds at speed 1. */
  readonly workedMs: Float64Array;
  /** The integral over time of the number of requests on each server. */
  readonly depthMs: Float64Array;
  readonly workers: Float64Array;
  readonly queueLimit: Float64Array;
  readonly #agenda: Agenda;
  readonly #attempts: AttemptTable;
  readonly #done: (slot: number, server: number) => void;
  /** The total work of all requests that have entered each server, except requests that were removed unfinished. */
  readonly #enteredMs: Float64Array;
  readonly #sharing: Uint8Array;
  readonly #speed: Float64Array;
  readonly #workClock: Float64Array;
  readonly #touchedAt: Float64Array;
  /** For each server: when the next check for a finished request will happen; infinite = no check is planned. */
  readonly #lookAt: Float64Array;
  readonly #lookStamp: Int32Array;
  readonly #heaps: Int32Array[];
  readonly #head: Int32Array;
  readonly #tail: Int32Array;
  readonly #look: number;

  /** `done` is called for each finished request, after the request has left the station. */
  constructor(
    agenda: Agenda,
    attempts: AttemptTable,
    options: readonly StationOptions[],
    done: (slot: number, server: number) => void,
  ) {
    const count = options.length;
    this.#agenda = agenda;
    this.#attempts = attempts;
    this.#done = done;
    this.depth = new Int32Array(count);
    this.served = new Int32Array(count);
    this.busyMs = new Float64Array(count);
    this.workedMs = new Float64Array(count);
    this.depthMs = new Float64Array(count);
    this.#enteredMs = new Float64Array(count);
    this.workers = Float64Array.from(options, ({ workers }) => workers);
    this.queueLimit = Float64Array.from(options, ({ queueLimit }) => queueLimit);
    this.#sharing = Uint8Array.from(options, ({ sharing }) => (sharing ? 1 : 0));
    this.#speed = Float64Array.from(options, ({ speed }) => speed);
    this.#workClock = new Float64Array(count);
    this.#touchedAt = new Float64Array(count);
    this.#lookAt = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    this.#lookStamp = new Int32Array(count);
    this.#heaps = options.map(() => new Int32Array(4));
    this.#head = new Int32Array(count).fill(-1);
    this.#tail = new Int32Array(count).fill(-1);
    this.#look = agenda.kind((server, stamp) => this.#complete(server, stamp));
  }

  /** Whether the server has as many requests as its limit allows. */
  full(server: number): boolean {
    const limit = (this.queueLimit[server] as number) + (this.workers[server] as number);
    return (this.depth[server] as number) >= limit;
  }

  /**
   * Returns the work not yet done, in milliseconds at speed 1. Exactly 0, without rounding errors, when there is none.
   */
  backlog(server: number): number {
    if (this.depth[server] === 0) return 0;
    const elapsed = this.#agenda.now - (this.#touchedAt[server] as number);
    const worked = elapsed * this.#rate(server) * (this.served[server] as number);
    return (this.#enteredMs[server] as number) - (this.workedMs[server] as number) - worked;
  }

  /** Whether the requests on the server share its workers. If not, they are served in order. */
  shares(server: number): boolean {
    return this.#sharing[server] === 1;
  }

  /** Returns the work not yet done of a request in service, in milliseconds at speed 1. */
  left(server: number, slot: number): number {
    const elapsed = this.#agenda.now - (this.#touchedAt[server] as number);
    const clock = (this.#workClock[server] as number) + elapsed * this.#rate(server);
    return Math.max(0, (this.#attempts.finishAt[slot] as number) - clock);
  }

  speed(server: number): number {
    return this.#speed[server] as number;
  }

  /** Sets the speed from now on. At speed 0 the server stands still. */
  setSpeed(server: number, speed: number): void {
    this.advance(server);
    this.#speed[server] = speed;
    this.#plan(server);
  }

  /** Puts a request into service or into the server's queue. The caller must have set the request's `work` before. */
  enter(server: number, slot: number): void {
    this.advance(server);
    const { work } = this.#attempts;
    const depth = ++(this.depth[server] as number);
    this.#attempts.depth[slot] = depth;
    (this.#enteredMs[server] as number) += work[slot] as number;
    if (
      this.#sharing[server] === 0 &&
      (this.served[server] as number) >= (this.workers[server] as number)
    ) {
      this.#append(server, slot);
      return;
    }
    this.#serve(server, slot);
    this.#plan(server);
  }

  /** Removes a request that is not finished. */
  remove(slot: number): void {
    const attempts = this.#attempts;
    const server = attempts.server[slot] as number;
    this.advance(server);
    this.depth[server] = (this.depth[server] as number) - 1;
    if (attempts.phase[slot] === PHASE.waiting) {
      (this.#enteredMs[server] as number) -= attempts.work[slot] as number;
      this.#unlink(server, slot);
      return;
    }
    const left = (attempts.finishAt[slot] as number) - (this.#workClock[server] as number);
    (this.#enteredMs[server] as number) -= left;
    this.#takeFromHeap(server, attempts.place[slot] as number);
    this.#refill(server);
    this.#plan(server);
  }

  /** Yields every request on a server, in any order. This copies the server's heap, so it is only for rare events. */
  *on(server: number): Generator<number> {
    const heap = this.#heaps[server] as Int32Array;
    yield* heap.slice(0, this.served[server]);
    for (
      let slot = this.#head[server] as number;
      slot >= 0;
      slot = this.#attempts.next[slot] as number
    )
      yield slot;
  }

  /** Updates the server's clocks and sums to the present time. */
  advance(server: number): void {
    const { now } = this.#agenda;
    const elapsed = now - (this.#touchedAt[server] as number);
    if (elapsed === 0) return;
    this.#touchedAt[server] = now;
    const served = this.served[server] as number;
    if (served === 0) return;
    const worked = elapsed * this.#rate(server);
    (this.#workClock[server] as number) += worked;
    (this.workedMs[server] as number) += worked * served;
    const workers = this.workers[server] as number;
    (this.depthMs[server] as number) += elapsed * (this.depth[server] as number);
    (this.busyMs[server] as number) += elapsed * Math.min(served, workers);
  }

  /**
   * Returns the values that `busyMs` and `depthMs` would have after `advance`, without changing them. A reader of a
   * running simulation must not call `advance`, because each call rounds the sums once more, which would change the
   * last bits of the results.
   */
  usage(server: number): { readonly busyMs: number; readonly depthMs: number } {
    const elapsed = this.#agenda.now - (this.#touchedAt[server] as number);
    const busy = Math.min(this.served[server] as number, this.workers[server] as number);
    return {
      busyMs: (this.busyMs[server] as number) + elapsed * busy,
      depthMs: (this.depthMs[server] as number) + elapsed * (this.depth[server] as number),
    };
  }

  /** Returns the speed of the clock of work: how fast the server works on one request in service. */
  #rate(server: number): number {
    const speed = this.#speed[server] as number;
    const served = this.served[server] as number;
    const workers = this.workers[server] as number;
    return this.#sharing[server] === 1 && served > workers ? (speed * workers) / served : speed;
  }

  /**
   * Whether the server does the work that is left in less than the smallest step of the agenda's time. A check planned for
   * such a request would come at this same instant, again and again.
   */
  #isInstant(server: number, left: number): boolean {
    const { now } = this.#agenda;
    const rate = this.#rate(server);
    return rate > 1 && now + left / rate === now;
  }

  #complete(server: number, stamp: number): void {
    if (stamp !== this.#lookStamp[server]) return;
    this.#lookAt[server] = Number.POSITIVE_INFINITY;
    this.advance(server);
    const attempts = this.#attempts;
    const heap = this.#heaps[server] as Int32Array;
    const near = EPSILON + this.#agenda.now * ROUNDING;
    while ((this.served[server] as number) > 0) {
      const slot = heap[0] as number;
      const finishAt = attempts.finishAt[slot] as number;
      const left = finishAt - (this.#workClock[server] as number);
      if (left > near && !this.#isInstant(server, left)) break;
      this.#workClock[server] = finishAt;
      const depth = --(this.depth[server] as number);
      this.#takeFromHeap(server, 0);
      if (depth > 0) this.#refill(server);
      this.#done(slot, server);
    }
    this.#plan(server);
  }

  /**
   * Plans a check of the next completion. If a check is planned for an earlier time already, that
   * check stays and plans the next check.
   */
  #plan(server: number): void {
    if (this.served[server] === 0) return;
    const rate = this.#rate(server);
    if (rate === 0) return;
    const heap = this.#heaps[server] as Int32Array;
    const left =
      (this.#attempts.finishAt[heap[0] as number] as number) - (this.#workClock[server] as number);
    // A division takes long, and most servers have speed 1.
    const at = this.#agenda.now + (left > 0 ? (rate === 1 ? left : left / rate) : 0);
    if ((this.#lookAt[server] as number) <= at || at === Number.POSITIVE_INFINITY) return;
    this.#lookAt[server] = at;
    const stamp = ((this.#lookStamp[server] as number) + 1) | 0;
    this.#lookStamp[server] = stamp;
    this.#agenda.at(at, this.#look, server, stamp);
  }

  #refill(server: number): void {
    const slot = this.#head[server] as number;
    if (slot < 0 || (this.served[server] as number) >= (this.workers[server] as number)) return;
    this.#unlink(server, slot);
    this.#serve(server, slot);
  }

  #append(server: number, slot: number): void {
    const attempts = this.#attempts;
    const tail = this.#tail[server] as number;
    attempts.phase[slot] = PHASE.waiting;
    attempts.next[slot] = -1;
    attempts.previous[slot] = tail;
    if (tail < 0) this.#head[server] = slot;
    else attempts.next[tail] = slot;
    this.#tail[server] = slot;
  }

  #unlink(server: number, slot: number): void {
    const { next, previous } = this.#attempts;
    const after = next[slot] as number;
    const before = previous[slot] as number;
    if (before < 0) this.#head[server] = after;
    else next[before] = after;
    if (after < 0) this.#tail[server] = before;
    else previous[after] = before;
  }

  #serve(server: number, slot: number): void {
    const attempts = this.#attempts;
    attempts.phase[slot] = PHASE.served;
    attempts.finishAt[slot] = (this.#workClock[server] as number) + (attempts.work[slot] as number);
    let heap = this.#heaps[server] as Int32Array;
    const size = this.served[server] as number;
    this.served[server] = size + 1;
    if (size === heap.length) {
      const larger = new Int32Array(size * 2);
      larger.set(heap);
      this.#heaps[server] = larger;
      heap = larger;
    }
    this.#rise(heap, size, slot);
  }

  #takeFromHeap(server: number, place: number): void {
    const heap = this.#heaps[server] as Int32Array;
    const last = (this.served[server] as number) - 1;
    this.served[server] = last;
    if (place === last) return;
    const slot = heap[last] as number;
    const { finishAt } = this.#attempts;
    const parent = (place - 1) >> 1;
    if (place > 0 && (finishAt[heap[parent] as number] as number) > (finishAt[slot] as number))
      this.#rise(heap, place, slot);
    else this.#sink(heap, place, slot, last);
  }

  #rise(heap: Int32Array, from: number, slot: number): void {
    const { finishAt, place } = this.#attempts;
    const key = finishAt[slot] as number;
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const other = heap[parent] as number;
      if ((finishAt[other] as number) <= key) break;
      heap[hole] = other;
      place[other] = hole;
      hole = parent;
    }
    heap[hole] = slot;
    place[slot] = hole;
  }

  #sink(heap: Int32Array, from: number, slot: number, size: number): void {
    const { finishAt, place } = this.#attempts;
    const key = finishAt[slot] as number;
    let hole = from;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      const right = child + 1;
      if (
        right < size &&
        (finishAt[heap[right] as number] as number) < (finishAt[heap[child] as number] as number)
      )
        child = right;
      const other = heap[child] as number;
      if ((finishAt[other] as number) >= key) break;
      heap[hole] = other;
      place[other] = hole;
      hole = child;
    }
    heap[hole] = slot;
    place[slot] = hole;
  }
}
