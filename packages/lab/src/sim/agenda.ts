// The list of planned events: a 4-ary heap ordered by (time, sequence), so that events of one instant keep the order in
// which they were planned. Events that come in order by themselves need no heap and have a lane of their own: deadlines,
// which are planned a constant delay ahead, are in a FixedDelayQueue, a ring buffer; of arrivals only the next one is
// ever planned, a SoleEvent. All data is in typed arrays, so planning an event allocates nothing.
//
//   place in the heap   0    1    2  … size-1 | size …       (an example)
//   time of the event  1.5  2.0  1.7          | unused
//   id of the event     4    0    3           | free ids
//
// Sorting the heap moves only time and id. An event's other numbers (order, kind, a, b) stay where they are, at
// index id.

/** What happens at an event of one kind. `a` and `b` are the numbers that the event was planned with. */
export type Handler = (a: number, b: number) => void;

/** Planned events outside the heap, the earliest first. */
interface Lane {
  /** When the first event of the lane is due; infinite when the lane is empty. */
  readonly time: number;
  /** The sequence number of the first event. */
  readonly order: number;
  /** Takes the first event out and runs it. Only the agenda calls this. */
  popAndRun(): void;
}

const FIRST_CAPACITY = 1024;

export class Agenda {
  /** The present time, in virtual milliseconds. */
  now = 0;
  /** How many events have happened. */
  happened = 0;
  readonly #handlers: Handler[] = [];
  readonly #lanes: Lane[] = [];
  readonly #calls: (() => void)[] = [];
  readonly #call: number;
  #size = 0;
  /** Whether the event at the top of the heap is running. Meanwhile its place at the top is free for a new event. */
  #hole = false;
  #sequence = 0;
  #time = new Float64Array(FIRST_CAPACITY);
  #id = Int32Array.from({ length: FIRST_CAPACITY }, (_, id) => id);
  #order = new Float64Array(FIRST_CAPACITY);
  #kind = new Int32Array(FIRST_CAPACITY);
  #a = new Int32Array(FIRST_CAPACITY);
  #b = new Int32Array(FIRST_CAPACITY);

  constructor() {
    this.#call = this.kind((index) => this.#calls[index]?.());
  }

  /**
   * Registers a kind of event and returns its number, which is the second argument of `at`. Called
   * before the run.
   */
  kind(handler: Handler): number {
    return this.#handlers.push(handler) - 1;
  }

  /**
   * Makes a queue for events that are all planned `delayMs` ahead. Called before the run. Each of
   * these queues costs one more comparison per event.
   */
  fixedDelay(delayMs: number, handler: Handler): FixedDelayQueue {
    const queue = new FixedDelayQueue(this, delayMs, handler);
    this.#lanes.push(queue);
    return queue;
  }

  /**
   * Makes an event that is planned only once at any time, such as the next arrival. Called before the run. It costs one
   * more comparison per event.
   */
  sole(run: () => void): SoleEvent {
    const event = new SoleEvent(this, run);
    this.#lanes.push(event);
    return event;
  }

  /**
   * Plans a call of `run`. Each planned call needs a closure, so this method is only for rare
   * events (faults, servers that join or leave).
   */
  call(time: number, run: () => void): void {
    this.at(time, this.#call, this.#calls.push(run) - 1, 0);
  }

  /** Returns the next sequence number, which orders events of one instant. */
  nextSequence(): number {
    return this.#sequence++;
  }

  at(time: number, kind: number, a: number, b: number): void {
    if (!this.#hole && this.#size === this.#time.length) this.#grow();
    const id = this.#id[this.#hole ? 0 : this.#size] as number;
    this.#order[id] = this.#sequence++;
    this.#kind[id] = kind;
    this.#a[id] = a;
    this.#b[id] = b;
    if (this.#hole) {
      this.#hole = false;
      this.#time[0] = time;
      this.#sink(this.#size);
    } else {
      this.#time[this.#size] = time;
      this.#rise(this.#size++);
    }
  }

  /** Runs all events that are planned up to and including `until`. The clock then stands at `until`. */
  run(until: number): void {
    const lanes = this.#lanes;
    for (;;) {
      let time = this.#size > 0 ? (this.#time[0] as number) : Number.POSITIVE_INFINITY;
      let order = this.#order[this.#id[0] as number] as number;
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
      else first.popAndRun();
    }
    if (until < Number.POSITIVE_INFINITY) this.now = until;
  }

  /**
   * Runs the event at the top of the heap, which leaves a hole at the top. Most events plan another event, which is put
   * into the hole. So the heap is reordered only once, from the top down, instead of twice.
   */
  #popAndRun(): void {
    const id = this.#id[0] as number;
    const handler = this.#handlers[this.#kind[id] as number] as Handler;
    this.#hole = true;
    handler(this.#a[id] as number, this.#b[id] as number);
    if (!this.#hole) return;
    this.#hole = false;
    const last = --this.#size;
    if (last === 0) return;
    this.#time[0] = this.#time[last] as number;
    this.#id[0] = this.#id[last] as number;
    this.#id[last] = id;
    this.#sink(last);
  }

  /**
   * Moves a new event from the last place of the heap up to its place. A new event has the highest sequence number, so
   * it stays below events of the same time.
   */
  #rise(from: number): void {
    const times = this.#time;
    const ids = this.#id;
    const time = times[from] as number;
    const id = ids[from] as number;
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentTime = times[parent] as number;
      if (parentTime <= time) break;
      times[hole] = parentTime;
      ids[hole] = ids[parent] as number;
      hole = parent;
    }
    times[hole] = time;
    ids[hole] = id;
  }

  /** Moves the event at the top of a heap of `size` events down to its place. */
  #sink(size: number): void {
    const times = this.#time;
    const ids = this.#id;
    const time = times[0] as number;
    const id = ids[0] as number;
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
        if (childTime === bestTime && this.#later(child, ids[best] as number)) continue;
        best = child;
        bestTime = childTime;
      }
      if (bestTime > time || (bestTime === time && this.#later(best, id))) break;
      times[hole] = bestTime;
      ids[hole] = ids[best] as number;
      hole = best;
    }
    times[hole] = time;
    ids[hole] = id;
  }

  /** Whether the event at `place` of the heap was planned after the event `id`. */
  #later(place: number, id: number): boolean {
    return (this.#order[this.#id[place] as number] as number) > (this.#order[id] as number);
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
    const used = this.#id.length;
    this.#id = grownInts(this.#id, capacity);
    for (let id = used; id < capacity; id++) this.#id[id] = id;
  }
}

function grownInts(old: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(old);
  return larger;
}

/** Events that are all planned the same delay ahead, in a ring buffer. */
export class FixedDelayQueue implements Lane {
  time = Number.POSITIVE_INFINITY;
  order = 0;
  readonly #agenda: Agenda;
  readonly #handler: Handler;
  readonly #delayMs: number;
  #mask = FIRST_CAPACITY - 1;
  #head = 0;
  #count = 0;
  #times = new Float64Array(FIRST_CAPACITY);
  #orders = new Float64Array(FIRST_CAPACITY);
  #a = new Int32Array(FIRST_CAPACITY);
  #b = new Int32Array(FIRST_CAPACITY);

  constructor(agenda: Agenda, delayMs: number, handler: Handler) {
    this.#agenda = agenda;
    this.#delayMs = delayMs;
    this.#handler = handler;
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

  popAndRun(): void {
    const a = this.#a[this.#head] as number;
    const b = this.#b[this.#head] as number;
    this.#head = (this.#head + 1) & this.#mask;
    this.#count--;
    this.#look();
    this.#handler(a, b);
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

/** An event that is planned only once at any time: when it happens, it may be planned again. */
export class SoleEvent implements Lane {
  time = Number.POSITIVE_INFINITY;
  order = 0;
  readonly #agenda: Agenda;
  readonly #run: () => void;

  constructor(agenda: Agenda, run: () => void) {
    this.#agenda = agenda;
    this.#run = run;
  }

  /** Plans the event. It must not be planned already. */
  plan(time: number): void {
    this.time = time;
    this.order = this.#agenda.nextSequence();
  }

  popAndRun(): void {
    this.time = Number.POSITIVE_INFINITY;
    this.#run();
  }
}
