// Visitors who ask for a page over and over, each on a new connection, until they are told to end.
const VISITORS = 4;

export class Visitors {
  readonly #ask: () => Promise<string>;
  readonly #loops: readonly Promise<void>[];
  readonly #failures: string[] = [];
  #answers = 0;
  #ending = false;

  constructor(ask: () => Promise<string>) {
    this.#ask = ask;
    this.#loops = Array.from({ length: VISITORS }, () => this.#loop());
  }

  /** Resolves when so many more requests were answered, or one failed. */
  async more(count: number): Promise<void> {
    const until = this.#answers + count;
    while (this.#answers < until && this.#failures.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Ends the visitors. Resolves to how many requests were answered, and why others failed. */
  async end(): Promise<{ readonly answers: number; readonly failures: readonly string[] }> {
    this.#ending = true;
    await Promise.all(this.#loops);
    return { answers: this.#answers, failures: this.#failures };
  }

  async #loop(): Promise<void> {
    while (!this.#ending) {
      try {
        await this.#ask();
        this.#answers++;
      } catch (error) {
        this.#failures.push(error instanceof Error ? error.message : String(error));
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
