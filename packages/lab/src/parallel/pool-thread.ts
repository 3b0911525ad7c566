// One thread of the pool, seen from the thread that asks. It does one task at a time, and is watched meanwhile.
import type { ResourceLimits, Worker } from "node:worker_threads";
import { startThread } from "@tandem/transport";
import { EXIT, UsageError } from "../cli/terminal.ts";
import { type RunningCall, runningCall, WATCH_BYTES } from "../own/watch.ts";
import type { Scenario } from "../sim/scenario.ts";
import type { OwnFaults, Reply, ThreadStart } from "./messages.ts";
import type { TaskName } from "./tasks.ts";

const ENTRY = new URL("./thread.ts", import.meta.url);

export interface Job {
  readonly task: TaskName;
  readonly given: object & { readonly scenario?: Scenario };
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface ThreadOptions {
  readonly owns: readonly string[];
  readonly limits?: ResourceLimits;
  /** Called when the thread can take its next job. */
  readonly free: (thread: PoolThread) => void;
  readonly faults: (faults: OwnFaults) => void;
  /** Called at most once: the thread is of no use any more, and its job was not done. */
  readonly failed: (error: Error) => void;
}

export class PoolThread {
  readonly #worker: Worker;
  readonly #memory = new SharedArrayBuffer(WATCH_BYTES);
  readonly #options: ThreadOptions;
  /** Whether the user's own files were loaded. What ends the thread before that is a fault of the input. */
  #loaded = false;
  #job: Job | undefined;
  #scenario: Scenario | undefined;
  /** The call of the user's own file that the thread was last seen in, and how often in a row. */
  #seen: { readonly running: RunningCall; readonly times: number } | undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
    const workerData: ThreadStart = { owns: options.owns, watch: this.#memory };
    const { limits } = options;
    this.#worker = startThread(ENTRY, { workerData, ...(limits && { resourceLimits: limits }) });
    this.#worker.on("message", (reply: Reply) => this.#replied(reply));
    this.#worker.on("error", (error) => options.failed(this.#crashed(error)));
    this.#worker.on("exit", (code) => options.failed(this.#exited(code)));
  }

  start(job: Job): void {
    this.#job = job;
    const { scenario, ...given } = job.given;
    const fresh = scenario !== undefined && scenario !== this.#scenario;
    if (fresh) this.#scenario = scenario;
    this.#worker.postMessage({ task: job.task, given, ...(fresh && { scenario }) });
  }

  async end(): Promise<void> {
    this.#worker.removeAllListeners();
    this.#worker.on("error", () => undefined);
    await this.#worker.terminate();
  }

  /** Called every so often. Fails the thread when it was in the same call so many `times` in a row. */
  look(times: number, waited: string): void {
    const running = runningCall(this.#memory);
    const same = running !== undefined && running.step === this.#seen?.running.step;
    this.#seen = running && { running, times: same ? (this.#seen?.times ?? 0) + 1 : 1 };
    if (this.#seen === undefined || this.#seen.times <= times) return;
    const { call, file } = this.#seen.running;
    const name = this.#options.owns[file] ?? "";
    const what = call === "load" ? "loading it" : `'${call}'`;
    const message = `${name}: ${what} has not ended for ${waited}, so it may be an endless loop${this.#during()}; stopped`;
    this.#options.failed(new UsageError(message, this.#exitCode));
  }

  get #exitCode(): number {
    return this.#loaded ? EXIT.failure : EXIT.input;
  }

  #replied(reply: Reply): void {
    if ("ready" in reply) this.#loaded = true;
    if ("failure" in reply) {
      const { message, stack, exitCode } = reply.failure;
      const error = stack === undefined ? new UsageError(message, exitCode) : new Error(message);
      if (stack !== undefined) error.stack = stack;
      this.#options.failed(error);
      return;
    }
    if ("answer" in reply) {
      const job = this.#job;
      this.#job = undefined;
      this.#options.faults(reply.faults);
      job?.resolve(reply.answer);
    }
    this.#options.free(this);
  }

  #crashed(error: unknown): Error {
    const { code } = Object(error) as { readonly code?: unknown };
    if (code !== "ERR_WORKER_OUT_OF_MEMORY")
      return error instanceof Error ? error : new Error(String(error));
    return new UsageError(
      `a thread ran out of memory${this.#during()}; fewer --threads leave more for each, ` +
        "NODE_OPTIONS=--max-old-space-size=MEGABYTES allows more, and a shorter scenario needs less",
      EXIT.failure,
    );
  }

  #exited(code: number): Error {
    const running = runningCall(this.#memory);
    if (running?.call === "load") return this.#unloaded(code, this.#options.owns[running.file]);
    const own =
      this.#options.owns.length > 0 ? "; a file of your own must not end the process" : "";
    return new UsageError(
      `a thread ended with code ${code}${this.#during()}${own}`,
      this.#exitCode,
    );
  }

  /** Node ends a thread with code 0 or 13 when an `await` has nothing left to wait for. */
  #unloaded(code: number, name = ""): Error {
    const cause =
      code === 0 || code === 13
        ? "an 'await' at its top waits for what never comes, or it ends the process"
        : `it ends the process with code ${code}`;
    return new UsageError(`${name} cannot be loaded: ${cause}`, EXIT.input);
  }

  /** Says what the thread was doing. */
  #during(): string {
    if (this.#job === undefined) return "";
    const { scenario, ...given } = this.#job.given;
    const { seed } = given as { readonly seed?: number };
    const { candidate } = given as { readonly candidate?: { readonly label: string } };
    const parts = [
      scenario && `in '${scenario.name}'`,
      candidate && `with ${candidate.label}`,
      seed !== undefined && `and seed ${seed}`,
    ].filter((part) => typeof part === "string");
    return parts.length === 0 ? "" : ` ${parts.join(" ")}`;
  }
}
