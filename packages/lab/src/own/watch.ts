// Tells another thread whether this one is inside a call of the user's own file. A call that never returns blocks its
// thread for good, so only another thread can notice it, through memory that both share.
import type { Picker, PickServer } from "@tandem/balancer/pickers";

/** What of a file may be running. `load` is the file's own top level. */
export const CALLS = [
  "load",
  "createPicker",
  "update",
  "pick",
  "started",
  "firstByte",
  "ended",
  "report",
  "probes",
] as const;
export type Call = (typeof CALLS)[number];

/** The cells: how many calls have begun and ended, which call it is, and of which file. */
const [STEPS, CALL, FILE] = [0, 1, 2];
export const WATCH_BYTES = 3 * Int32Array.BYTES_PER_ELEMENT;

/** The side of the thread that runs the files. */
export class Watch {
  readonly #cells: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Int32Array(memory);
  }

  /** `file` is the number of the file. A call inside another one is not told apart from it. */
  enter(call: Call, file: number): void {
    this.#cells[CALL] = CALLS.indexOf(call);
    this.#cells[FILE] = file;
    Atomics.add(this.#cells, STEPS, 1);
  }

  leave(): void {
    Atomics.add(this.#cells, STEPS, 1);
  }
}

/** A call that is running. Equal `step` means that it is the same one. */
export interface RunningCall {
  readonly step: number;
  readonly call: Call;
  readonly file: number;
}

/** Returns the call of a user's file that a thread is in; undefined when it is in none. */
export function runningCall(memory: SharedArrayBuffer): RunningCall | undefined {
  const cells = new Int32Array(memory);
  const step = Atomics.load(cells, STEPS);
  if (step % 2 === 0) return undefined;
  return { step, call: CALLS[cells[CALL] ?? 0] ?? "load", file: cells[FILE] ?? 0 };
}

/** Returns a picker that does what `inner` does, and tells `watch` when it is inside of it. */
export function watchedPicker<S extends PickServer>(
  inner: Picker<S>,
  watch: Watch,
  file: number,
): Picker<S> {
  const during =
    <A extends readonly unknown[], R>(call: Call, method: (...given: A) => R) =>
    (...given: A): R => {
      watch.enter(call, file);
      try {
        return method.apply(inner, given as never);
      } finally {
        watch.leave();
      }
    };
  const { started, firstByte, ended, report, probes } = inner;
  return {
    get why() {
      return inner.why;
    },
    update: during("update", inner.update),
    pick: during("pick", inner.pick),
    ...(started && { started: during("started", started) }),
    ...(firstByte && { firstByte: during("firstByte", firstByte) }),
    ...(ended && { ended: during("ended", ended) }),
    ...(report && { report: during("report", report) }),
    ...(probes && { probes: during("probes", probes) }),
  };
}
