// The control thread's side of one data thread: starts, reloads, drains and stops it, and reports when it
// dies.
import type { Worker } from "node:worker_threads";
import type { BalancerConfig } from "@tandem/config";
import { startThread } from "@tandem/transport";
import type { FromThread, ThreadOptions, ToThread } from "../data/messages.ts";
import type { Refusal } from "../frontend/refusal.ts";
import type { SharedMemory } from "../memory/shared-memory.ts";

const ENTRY = new URL("../data/thread.ts", import.meta.url);

/**
 * The size of V8's young generation. A third of the young generation is one semi-space: 16 MiB, twice what a thread
 * under load uses. Without this limit, the young generation grows to twice this size while many connections are
 * opened, and never shrinks. With 24 MB, visitors among 3000 slow clients waited twice as long for an answer (p99,
 * docs/decisions/0013).
 */
const YOUNG_GENERATION_MB = 48;

type Answer = FromThread["type"];

/** The events that a thread reports without being asked. */
export interface ThreadEvents {
  /** Called when the thread has ended although it had not been told to stop. */
  readonly died: (why: string) => void;
  readonly complained: (message: string) => void;
  readonly refused: (refusal: Refusal, unsaid: number) => void;
}

export class DataThread {
  readonly #options: ThreadOptions;
  readonly #events: ThreadEvents;
  #worker: Worker | undefined = undefined;
  #stopping = false;
  /**
   * The functions that wait for an answer of the thread, by the type of the answer. Each function is called with
   * undefined when the thread ends before it answers.
   */
  readonly #waiting = new Map<Answer, (message: FromThread | undefined) => void>();

  constructor(options: ThreadOptions, events: ThreadEvents) {
    this.#options = options;
    this.#events = events;
  }

  get index(): number {
    return this.#options.index;
  }

  /** Returns the memory that the thread was started with. */
  get memory(): SharedMemory {
    return this.#options.memory;
  }

  /** Starts the thread. Resolves to the ports in use; rejects when the thread cannot listen. */
  start(): Promise<Readonly<Record<string, number>>> {
    return new Promise((resolve, reject) => {
      const worker = startThread(ENTRY, {
        workerData: this.#options,
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      });
      let why = "it ended";
      let begun = false;
      this.#worker = worker;
      worker.on("message", (message: FromThread) => {
        if (message.type === "ready") {
          begun = true;
          resolve(message.ports);
        } else if (message.type === "failed") {
          reject(new Error(message.message));
          void this.stop();
        } else if (message.type === "complaint") this.#events.complained(message.message);
        else if (message.type === "connection-refused")
          this.#events.refused(message.refusal, message.unsaid);
        else this.#waiting.get(message.type)?.(message);
      });
      worker.on("error", (error) => {
        why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      });
      worker.on("exit", () => {
        this.#worker = undefined;
        for (const gone of this.#waiting.values()) gone(undefined);
        if (!begun) reject(new Error(`data thread ${this.index}: ${why}`));
        else if (!this.#stopping) this.#events.died(why);
      });
    });
  }

  /**
   * Prepares a reload in the thread. Rejects when the thread cannot take over the configuration. Resolves when the
   * thread dies meanwhile, because the thread that replaces it starts with the new configuration.
   */
  async prepare(config: BalancerConfig, memory: SharedMemory): Promise<void> {
    const answer = await this.#ask({ type: "prepare", config, memory }, ["prepared", "refused"]);
    if (answer?.type === "refused") throw new Error(answer.message);
  }

  /**
   * Puts the prepared configuration in force. Resolves to the ports in use, or to undefined when the thread has
   * ended.
   */
  async commit(): Promise<Readonly<Record<string, number>> | undefined> {
    const answer = await this.#ask({ type: "commit" }, ["committed"]);
    return answer?.type === "committed" ? answer.ports : undefined;
  }

  /** Tells the thread to read the certificates of these frontends again. */
  renewCertificates(frontends: readonly string[]): void {
    this.#tell({ type: "certificates", frontends });
  }

  /** Tells the thread to make TLS session tickets from another secret from now on. */
  useTicketSecret(secret: Uint8Array): void {
    this.#tell({ type: "ticket-secret", secret });
  }

  abort(): void {
    this.#tell({ type: "abort" });
  }

  /** Tells the thread the new addresses of a host name. */
  learn(name: string, addresses: readonly string[]): void {
    this.#tell({ type: "name", name, addresses });
  }

  async drain(deadlineMs: number, replaced: boolean): Promise<void> {
    this.#stopping = true;
    await this.#ask({ type: "drain", deadlineMs, replaced }, ["drained"]);
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#stopping = true;
    const gone = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    this.#tell({ type: "stop" });
    await gone;
  }

  /** Ends the thread at once, like a crash. */
  async kill(): Promise<void> {
    await this.#worker?.terminate();
  }

  /**
   * Sends `question`. Resolves to the first message that is one of `answers`, or to undefined when the thread has
   * ended or ends meanwhile.
   */
  #ask(question: ToThread, answers: readonly Answer[]): Promise<FromThread | undefined> {
    if (this.#worker === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const settle = (message: FromThread | undefined): void => {
        for (const answer of answers) this.#waiting.delete(answer);
        resolve(message);
      };
      for (const answer of answers) this.#waiting.set(answer, settle);
      this.#tell(question);
    });
  }

  #tell(message: ToThread): void {
    this.#worker?.postMessage(message);
  }
}
