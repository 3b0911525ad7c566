// Runs one reload at a time. A call during a reload gets the outcome of the next reload, because the next reload
// reads the file after the call. All calls during one reload share the next reload.

/** The outcome of a reload. `words` are lines for the operator. */
export interface ReloadOutcome {
  readonly ok: boolean;
  readonly words: readonly string[];
}

export class Reloads {
  readonly #run: () => Promise<ReloadOutcome>;
  #running: Promise<ReloadOutcome> | undefined = undefined;
  #queued: Promise<ReloadOutcome> | undefined = undefined;

  /** @param run makes one reload; it must not reject */
  constructor(run: () => Promise<ReloadOutcome>) {
    this.#run = run;
  }

  ask(): Promise<ReloadOutcome> {
    if (this.#running === undefined) return this.#begin();
    this.#queued ??= this.#running.then(() => {
      this.#queued = undefined;
      return this.#begin();
    });
    return this.#queued;
  }

  /** Resolves when no reload is under way. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #begin(): Promise<ReloadOutcome> {
    const running = this.#run().finally(() => {
      this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}
