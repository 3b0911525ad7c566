// Returns the memory to the system that only the start of a process needed.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { type: "major"; flavor: "last-resort" }) => void;

/**
 * Collects all garbage of this thread and shrinks its heap to what is in use. A start reads modules and configuration, and
 * leaves garbage and a large young generation behind. While a process is idle, V8 keeps both for minutes or for ever. The
 * thread stands still meanwhile, for 20 to 100 ms, so call this only where no request waits.
 *
 * Node has a function for that only behind a flag, which holds for contexts made later. V8 shrinks the young generation
 * only in a collection of this flavor.
 */
export function giveBackMemory(): void {
  setFlagsFromString("--expose-gc");
  const collect: Collect = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  collect({ type: "major", flavor: "last-resort" });
}
