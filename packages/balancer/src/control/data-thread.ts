// One data thread as the control thread sees it: start, drain, stop, and word when it dies.
import { Worker } from "node:worker_threads";
import type { FromThread, ThreadOptions, ToThread } from "../data/messages.ts";

const ENTRY = new URL("../data/thread.ts", import.meta.url);

export class DataThread {
  readonly #options: ThreadOptions;
  readonly #died: (why: string) => void;
  #worker: Worker | undefined = undefined;
  #stopping = false;
  #drained: (() => void) | undefined = undefined;

  /** @param died called when the thread ends without having been asked to */
  constructor(options: ThreadOptions, died: (why: string) => void) {
    this.#options = options;
    this.#died = died;
  }

  get index(): number {
    return this.#options.index;
  }

  /** Resolves to the ports in use; rejects when the thread cannot listen. */
  start(): Promise<Readonly<Record<string, number>>> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(ENTRY, { workerData: this.#options });
      let why = "it ended";
      let ready = false;
      this.#worker = worker;
      worker.on("message", (message: FromThread) => {
        if (message.type === "ready") {
          ready = true;
          resolve(message.ports);
        } else if (message.type === "drained") this.#drained?.();
        else {
          reject(new Error(message.message));
          void this.stop();
        }
      });
      worker.on("error", (error) => {
        why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      });
      worker.on("exit", () => {
        this.#worker = undefined;
        this.#drained?.();
        if (!ready) reject(new Error(`data thread ${this.index}: ${why}`));
        else if (!this.#stopping) this.#died(why);
      });
    });
  }

  async drain(deadlineMs: number): Promise<void> {
    if (this.#worker === undefined) return;
    this.#stopping = true;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
      this.#tell({ type: "drain", deadlineMs });
    });
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#stopping = true;
    const gone = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    this.#tell({ type: "stop" });
    await gone;
  }

  /** Ends the thread without any ceremony, as a crash would. */
  async kill(): Promise<void> {
    await this.#worker?.terminate();
  }

  #tell(message: ToThread): void {
    this.#worker?.postMessage(message);
  }
}
