// A generator as a process that does one job after the other: a job is a line on its stdin, a result a line
// on its stdout. It is replaced when it dies, or does not end a job in time.
import type { Started, StartOptions } from "../process/started.ts";
import type { LoadJob, LoadResult } from "./load.ts";

/** What a job may take besides its seconds: starting Node, and waiting for the last answers. */
const SPARE_SECONDS = 10;

type Start = (options: StartOptions) => Promise<Started>;

/** A process for jobs, started with the first one. */
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

  /** The result of `job`; throws with the process's last words when there is none. One job at a time. */
  async run(job: LoadJob): Promise<LoadResult> {
    this.#started ??= await this.#start({ input: true, name: this.#name });
    try {
      this.#started.write(JSON.stringify(job));
      const seconds = job.seconds + this.#spareSeconds;
      return JSON.parse(await this.#lineWithin(seconds, this.#started)) as LoadResult;
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #lineWithin(seconds: number, started: Started): Promise<string> {
    const late = Promise.withResolvers<never>();
    const why = `${this.#name}: no result within ${seconds} s`;
    const timer = setTimeout(() => late.reject(new Error(why)), seconds * 1000);
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
