// One reload at a time. Whoever asks while one runs gets the outcome of the next, which reads the file
// after the question came; ten questions meanwhile are one reload.

/** What became of a reload. `words` are lines for a person. */
export interface ReloadOutcome {
  readonly ok: boolean;
  readonly words: readonly string[];
}

export class Reloads {
  readonly #run: () => Promise<ReloadOutcome>;
  #running: Promise<ReloadOutcome> | undefined = undefined;
  #queued: Promise<ReloadOutcome> | undefined = undefined;

  /** @param run reads the file and does it; must not reject */
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

  #begin(): Promise<ReloadOutcome> {
    const running = this.#run().finally(() => {
      this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}
