// Remembers the configuration that each process read at its start. The file may change between two starts, so a
// process that was restarted may have read a later version than the other processes.
import { type Config, ConfigError } from "@tandem/config";
import type { TierReport } from "../supervisor.ts";

export class StartedConfigs {
  readonly #first: Config;
  readonly #load: () => Config;
  readonly #byPid = new Map<number, Config>();

  /** `first` is the configuration that the supervisor read at its start. `load` reads the file as it is now. */
  constructor(first: Config, load: () => Config) {
    this.#first = first;
    this.#load = load;
  }

  /**
   * Call this at every change of a process. When `reports` contain a new process, the file is read now and remembered
   * for that process, because the process has just read the same version.
   */
  see(reports: readonly TierReport[]): void {
    const pids = new Set(reports.flatMap(({ pid }) => pid ?? []));
    for (const pid of this.#byPid.keys()) if (!pids.has(pid)) this.#byPid.delete(pid);
    const fresh = [...pids].filter((pid) => !this.#byPid.has(pid));
    if (fresh.length === 0) return;
    const now = this.#read();
    for (const pid of fresh) this.#byPid.set(pid, now);
  }

  /** Returns the configuration that the process of `report` read at its start. */
  of({ pid }: Pick<TierReport, "pid">): Config {
    return (pid === undefined ? undefined : this.#byPid.get(pid)) ?? this.#first;
  }

  /**
   * Reads the file as it is now. When the file is invalid, any value may be returned, because no process can start
   * with an invalid file.
   */
  #read(): Config {
    try {
      return this.#load();
    } catch (error) {
      if (error instanceof ConfigError) return this.#first;
      throw error;
    }
  }
}
