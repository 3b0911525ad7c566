// Remembers which version of the file each process read at its start. A process that was restarted has read a later
// version than the others.
import { type Config, ConfigError } from "@tandem/config";
import type { TierReport } from "../supervisor.ts";

export class StartedConfigs {
  readonly #first: Config;
  readonly #load: () => Config;
  readonly #byPid = new Map<number, Config>();

  /** `first` is the file as the supervisor read it at its start; `load` reads it now. */
  constructor(first: Config, load: () => Config) {
    this.#first = first;
    this.#load = load;
  }

  /** Called at every change of a process, so that the file is read just after a process has started. */
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

  /** No process can start with an invalid file, so for such a file any value may be remembered. */
  #read(): Config {
    try {
      return this.#load();
    } catch (error) {
      if (error instanceof ConfigError) return this.#first;
      throw error;
    }
  }
}
