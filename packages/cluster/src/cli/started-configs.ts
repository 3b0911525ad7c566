// What each process read when it was started: one that was started again since has read the file as it was then.
import { type Config, ConfigError } from "@tandem/config";
import type { TierReport } from "../supervisor.ts";

export class StartedConfigs {
  readonly #first: Config;
  readonly #load: () => Config;
  readonly #byPid = new Map<number, Config>();

  /** `first` is the file as the supervisor was started with it; `load` reads it now. */
  constructor(first: Config, load: () => Config) {
    this.#first = first;
    this.#load = load;
  }

  /** Told of every change, so that the file is read when a process has just been started. */
  see(reports: readonly TierReport[]): void {
    const pids = new Set(reports.flatMap(({ pid }) => pid ?? []));
    for (const pid of this.#byPid.keys()) if (!pids.has(pid)) this.#byPid.delete(pid);
    const fresh = [...pids].filter((pid) => !this.#byPid.has(pid));
    if (fresh.length === 0) return;
    const now = this.#read();
    for (const pid of fresh) this.#byPid.set(pid, now);
  }

  /** The file as the process of `report` read it. */
  of({ pid }: Pick<TierReport, "pid">): Config {
    return (pid === undefined ? undefined : this.#byPid.get(pid)) ?? this.#first;
  }

  /** No process starts with a file that is wrong, so it does not matter what is noted for it. */
  #read(): Config {
    try {
      return this.#load();
    } catch (error) {
      if (error instanceof ConfigError) return this.#first;
      throw error;
    }
  }
}
