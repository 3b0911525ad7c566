// A clock whose watch of files looks only when the test says so.
import { type Clock, systemClock } from "@tandem/transport";
import { LOOK_MS } from "../src/control/file-watch.ts";

export interface WatchedClock {
  readonly clock: Clock;
  /** Lets every watch look at its files now. */
  look(): void;
}

export function watchedClock(): WatchedClock {
  const looks = new Set<() => void>();
  return {
    clock: {
      ...systemClock,
      every(ms, run) {
        if (ms !== LOOK_MS) return systemClock.every(ms, run);
        looks.add(run);
        return { cancel: () => looks.delete(run) };
      },
    },
    look: () => {
      for (const run of looks) run();
    },
  };
}
