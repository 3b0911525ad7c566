// Counts what algorithms of the user's own do wrong. Both lanes run in one worker and may run the same file, so each lane
// has counts of its own, and says when its simulation runs.

/** How often each fault came up, by what the guard says of it. */
let counting: Map<string, number> | undefined;

/** Runs a part of a simulation. Meanwhile faults are counted in `faults`. */
export function withFaults<T>(faults: Map<string, number>, run: () => T): T {
  const outer = counting;
  counting = faults;
  try {
    return run();
  } finally {
    counting = outer;
  }
}

/** Counts a fault in the simulation that runs at present. */
export function noteFault(message: string): void {
  const words = message.replace("the custom algorithm ", "");
  counting?.set(words, (counting.get(words) ?? 0) + 1);
}
