// Returns the memory to the system that only the start of a process needed.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { type: "major"; flavor: "last-resort" }) => void;

/** How often `collector` tries again when another thread has taken the flag away in between. */
const TRIES = 20;

/**
 * Collects all garbage of this thread and shrinks its heap to what is in use. A start reads modules and configuration, and
 * leaves garbage and a large young generation behind. While a process is idle, V8 keeps both for minutes or for ever. The
 * thread stands still meanwhile, for 20 to 100 ms, so call this only where no request waits.
 *
 * Afterwards V8 takes the small heap as its measure and collects more often. In a balancer's data threads an answer of 64 KiB
 * cost 4 % more CPU then, so they do not call this.
 *
 * V8 shrinks the young generation only in a collection of this flavor. A debugger may ask for it too, but a process that
 * has opened Node's inspector in two of its threads was seen to hang at its end.
 */
export function giveBackMemory(): void {
  collector()?.({ type: "major", flavor: "last-resort" });
}

/**
 * Returns V8's function that collects. Node has it only behind a flag, which holds for contexts that are made later. The
 * flag is one for all threads, so a thread that does the same at the same time may take it away before the context is made.
 */
function collector(): Collect | undefined {
  for (let i = 0; i < TRIES; i++) {
    setFlagsFromString("--expose-gc");
    const collect: Collect | undefined = runInNewContext("globalThis.gc");
    setFlagsFromString("--no-expose-gc");
    if (collect !== undefined) return collect;
  }
  return undefined;
}
