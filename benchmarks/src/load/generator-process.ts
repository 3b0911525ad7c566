// A generator as a process that does one job after the other. A job is a line on the process's stdin. The process
// reports when its connections are open, then the result, then that all connections are closed (jobs.ts). The process
// is replaced when it dies, or when a report does not come in time.
import type { Started, StartOptions } from "../process/started.ts";
import type { LoadJob, LoadResult } from "./load.ts";
import { type MeasuredPart, SPARE_SECONDS } from "./measured-part.ts";

type Start = (options: StartOptions) => Promise<Started>;

/** Starts the process at the first job and keeps the process for later jobs. */
export class GeneratorProcess implements AsyncDisposable {
  readonly #name: string;
  readonly #start: Start;
  readonly #spareSeconds: number;
  #started: Started | undefined;

  constructor(name: string, start: Start, spareSeconds = SPARE_SECONDS) {
    this.#name = name;
    this.#start = start;
    this.#spareSeconds = spareSeconds;
  }

  /**
   * Does `job` and returns the result. When there is no result, throws an error with the process's
   * last output. Call this method for one job at a time.
   */
  async run(job: LoadJob, measured: MeasuredPart): Promise<LoadResult> {
    this.#started ??= await this.#start({ input: true, name: this.#name });
    try {
      await this.#step(this.#started, JSON.stringify(job));
      measured.begins();
      const result = await this.#step(this.#started, "measure", job.seconds);
      measured.ends();
      await this.#step(this.#started, "close");
      return JSON.parse(result) as LoadResult;
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Sends `line` and returns the process's answer. Rejects when no answer comes within `seconds`
   * plus the spare seconds.
   */
  async #step(started: Started, line: string, seconds = 0): Promise<string> {
    const within = seconds + this.#spareSeconds;
    const late = Promise.withResolvers<never>();
    const why = new Error(`${this.#name}: no word from it within ${within} s`);
    const timer = setTimeout(() => late.reject(why), within * 1000);
    started.write(line);
    try {
      return await Promise.race([started.nextLine(), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const started = this.#started;
    this.#started = undefined;
    await started?.[Symbol.asyncDispose]();
  }
}
