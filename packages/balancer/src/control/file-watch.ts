// Notices that files have changed. It compares what the file system says about each file every two seconds, because
// notifications (inotify) miss a file that is reached through a changed symbolic link, as certbot leaves them, and a file
// on a network. A change is reported once the file has stayed the same for one interval, so that files which are
// written one after the other are mostly read together.
import { stat } from "node:fs/promises";
import type { Clock, Timer } from "@tandem/transport";

export const LOOK_MS = 2_000;

interface Watched {
  /** What the file system said when the file was last reported, or first watched. */
  known: string;
  /** What it said at the last look. */
  last: string;
}

export class FileWatch {
  readonly #changed: (files: readonly string[]) => void;
  readonly #timer: Timer;
  #files = new Map<string, Watched>();
  #looking: Promise<void> | undefined = undefined;

  /** @param changed called with the files that have changed; it must not throw */
  constructor(clock: Clock, changed: (files: readonly string[]) => void) {
    this.#changed = changed;
    this.#timer = clock.every(LOOK_MS, () => {
      // A file system that hangs gets no more questions.
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
    });
  }

  /**
   * Watches these files instead of those before. Resolves when the state of each new file is known, so a caller that
   * reads a file after that misses no change.
   */
  async watch(files: readonly string[]): Promise<void> {
    const wanted = [...new Set(files)].map(async (file): Promise<[string, Watched]> => {
      const before = this.#files.get(file);
      if (before !== undefined) return [file, before];
      const state = await stateOf(file);
      return [file, { known: state, last: state }];
    });
    this.#files = new Map(await Promise.all(wanted));
  }

  stop(): void {
    this.#timer.cancel();
    this.#files = new Map();
  }

  /** Resolves when no look is under way. */
  async looked(): Promise<void> {
    await this.#looking;
  }

  async #look(): Promise<void> {
    const changed = await Promise.all(
      [...this.#files].map(async ([file, watched]) => {
        const state = await stateOf(file);
        const stable = state === watched.last;
        watched.last = state;
        if (!stable || state === watched.known) return [];
        watched.known = state;
        return [file];
      }),
    );
    const files = changed.flat().filter((file) => this.#files.has(file));
    if (files.length > 0) this.#changed(files);
  }
}

/** Returns a text that differs when the file was written or replaced; empty when there is no such file. */
async function stateOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mode, mtimeMs, ctimeMs } = await stat(file);
    return [dev, ino, size, mode, mtimeMs, ctimeMs].join();
  } catch {
    return "";
  }
}
