// The future as a list: a 4-ary heap ordered by (time, sequence), so that events of one instant keep the order
// in which they were planned. What always lies a constant delay ahead (deadlines, network) needs no heap:
// it goes into a lane, a ring that is sorted by construction. Typed arrays only; planning allocates nothing.

/** What an event of a kind does; `a` and `b` are the numbers it was planned with. */
export type Handler = (a: number, b: number) => void;

const FIRST_CAPACITY = 1024;

export class Agenda {
  /** Virtual milliseconds. */
  now = 0;
  /** Events that have happened. */
  happened = 0;
  readonly #handlers: Handler[] = [];
  readonly #lanes: Lane[] = [];
  readonly #calls: (() => void)[] = [];
  readonly #call: number;
  #size = 0;
  /** The top is happening; its place is free. */
  #hole = false;
  #sequence = 0;
  #time = new Float64Array(FIRST_CAPACITY);
  #order = new Float64Array(FIRST_CAPACITY);
  #kind = new Int32Array(FIRST_CAPACITY);
  #a = new Int32Array(FIRST_CAPACITY);
  #b = new Int32Array(FIRST_CAPACITY);

  constructor() {
    this.#call = this.kind((index) => this.#calls[index]?.());
  }

  /** Registers a kind of event; the number is what `at` takes. Cold. */
  kind(handler: Handler): number {
    return this.#handlers.push(handler) - 1;
  }

  /** A ring of events that are all planned `delayMs` ahead. Cold; every lane costs each step a comparison. */
  lane(delayMs: number, handler: Handler): Lane {
    const lane = new Lane(this, delayMs, this.kind(handler));
    this.#lanes.push(lane);
    return lane;
  }

  /** Plans a closure, for what happens rarely (faults, membership). */
  call(time: number, run: () => void): void {
    this.at(time, this.#call, this.#calls.push(run) - 1, 0);
  }

  /** The number that orders events of one instant. */
  nextSequence(): number {
    return this.#sequence++;
  }

  at(time: number, kind: number, a: number, b: number): void {
    const sequence = this.#sequence++;
    if (this.#hole) {
      this.#hole = false;
      this.#sink(this.#size, time, sequence, kind, a, b);
      return;
    }
    if (this.#size === this.#time.length) this.#grow();
    const times = this.#time;
    let hole = this.#size++;
    // A new event has the highest sequence: among equals it stays below.
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if ((times[parent] as number) <= time) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, time, sequence, kind, a, b);
  }

  /** Lets everything happen that is planned up to and including `until`; the clock then stands there. */
  run(until: number): void {
    const lanes = this.#lanes;
    for (;;) {
      let time = this.#size > 0 ? (this.#time[0] as number) : Number.POSITIVE_INFINITY;
      let order = this.#order[0] as number;
      let first: Lane | undefined;
      for (let i = 0; i < lanes.length; i++) {
        const lane = lanes[i] as Lane;
        if (lane.time > time || (lane.time === time && lane.order > order)) continue;
        if (lane.time === Number.POSITIVE_INFINITY) continue;
        time = lane.time;
        order = lane.order;
        first = lane;
      }
      if (time > until || time === Number.POSITIVE_INFINITY) break;
      this.now = time;
      this.happened++;
      if (first === undefined) this.#popAndRun();
      else first.popAndRun(this.#handlers[first.kind] as Handler);
    }
    if (until < Number.POSITIVE_INFINITY) this.now = until;
  }

  /**
   * The event that happens leaves a hole at the top. Most events plan another one, which goes straight into
   * it: one way down instead of one up and one down.
   */
  #popAndRun(): void {
    const handler = this.#handlers[this.#kind[0] as number] as Handler;
    this.#hole = true;
    handler(this.#a[0] as number, this.#b[0] as number);
    if (!this.#hole) return;
    this.#hole = false;
    const last = --this.#size;
    if (last === 0) return;
    this.#sink(
      last,
      this.#time[last] as number,
      this.#order[last] as number,
      this.#kind[last] as number,
      this.#a[last] as number,
      this.#b[last] as number,
    );
  }

  /** Puts an event into the hole at the top of a heap of `size`, and then as far down as it belongs. */
  #sink(size: number, time: number, order: number, kind: number, a: number, b: number): void {
    const times = this.#time;
    const orders = this.#order;
    let hole = 0;
    for (;;) {
      const firstChild = (hole << 2) + 1;
      if (firstChild >= size) break;
      const end = Math.min(firstChild + 4, size);
      let best = firstChild;
      let bestTime = times[firstChild] as number;
      for (let child = firstChild + 1; child < end; child++) {
        const childTime = times[child] as number;
        if (childTime > bestTime) continue;
        if (childTime === bestTime && (orders[child] as number) > (orders[best] as number))
          continue;
        best = child;
        bestTime = childTime;
      }
      if (bestTime > time || (bestTime === time && (orders[best] as number) > order)) break;
      this.#move(best, hole);
      hole = best;
    }
    this.#put(hole, time, order, kind, a, b);
  }

  #put(place: number, time: number, order: number, kind: number, a: number, b: number): void {
    this.#time[place] = time;
    this.#order[place] = order;
    this.#kind[place] = kind;
    this.#a[place] = a;
    this.#b[place] = b;
  }

  #move(from: number, to: number): void {
    this.#time[to] = this.#time[from] as number;
    this.#order[to] = this.#order[from] as number;
    this.#kind[to] = this.#kind[from] as number;
    this.#a[to] = this.#a[from] as number;
    this.#b[to] = this.#b[from] as number;
  }

  #grow(): void {
    const capacity = this.#time.length * 2;
    const floats = (old: Float64Array) => {
      const larger = new Float64Array(capacity);
      larger.set(old);
      return larger;
    };
    this.#time = floats(this.#time);
    this.#order = floats(this.#order);
    this.#kind = grownInts(this.#kind, capacity);
    this.#a = grownInts(this.#a, capacity);
    this.#b = grownInts(this.#b, capacity);
  }
}

function grownInts(old: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(old);
  return larger;
}

export class Lane {
  /** When its first event is due; infinite when it has none. */
  time = Number.POSITIVE_INFINITY;
  order = 0;
  readonly kind: number;
  readonly #agenda: Agenda;
  readonly #delayMs: number;
  #mask = FIRST_CAPACITY - 1;
  #head = 0;
  #count = 0;
  #times = new Float64Array(FIRST_CAPACITY);
  #orders = new Float64Array(FIRST_CAPACITY);
  #a = new Int32Array(FIRST_CAPACITY);
  #b = new Int32Array(FIRST_CAPACITY);

  constructor(agenda: Agenda, delayMs: number, kind: number) {
    this.#agenda = agenda;
    this.#delayMs = delayMs;
    this.kind = kind;
  }

  push(a: number, b: number): void {
    if (this.#count > this.#mask) this.#grow();
    const at = (this.#head + this.#count++) & this.#mask;
    this.#times[at] = this.#agenda.now + this.#delayMs;
    this.#orders[at] = this.#agenda.nextSequence();
    this.#a[at] = a;
    this.#b[at] = b;
    if (this.#count === 1) this.#look();
  }

  /** The agenda's: takes the first event out and lets it happen. */
  popAndRun(handler: Handler): void {
    const a = this.#a[this.#head] as number;
    const b = this.#b[this.#head] as number;
    this.#head = (this.#head + 1) & this.#mask;
    this.#count--;
    this.#look();
    handler(a, b);
  }

  #look(): void {
    this.time = this.#count > 0 ? (this.#times[this.#head] as number) : Number.POSITIVE_INFINITY;
    this.order = this.#orders[this.#head] as number;
  }

  #grow(): void {
    const old = this.#mask + 1;
    const turn = (from: Float64Array | Int32Array, to: Float64Array | Int32Array) => {
      for (let i = 0; i < old; i++) to[i] = from[(this.#head + i) & this.#mask] as number;
    };
    const [times, orders] = [new Float64Array(old * 2), new Float64Array(old * 2)];
    const [a, b] = [new Int32Array(old * 2), new Int32Array(old * 2)];
    turn(this.#times, times);
    turn(this.#orders, orders);
    turn(this.#a, a);
    turn(this.#b, b);
    [this.#times, this.#orders, this.#a, this.#b] = [times, orders, a, b];
    this.#head = 0;
    this.#mask = old * 2 - 1;
  }
}
