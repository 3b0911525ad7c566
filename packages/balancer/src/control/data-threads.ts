// The data threads of a balancer: as many as configured, each replaced when it dies while the others
// go on serving.
import type { Logger } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";
import { COUNTER } from "../backend/counters.ts";
import { GAUGE, SharedState } from "../backend/shared-state.ts";
import type { ThreadOptions } from "../data/messages.ts";
import { DataThread } from "./data-thread.ts";

/** A thread that dies young is replaced after twice the wait of the time before, up to the last of these. */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5_000;
const STABLE_MS = 10_000;

export class DataThreads {
  readonly #options: Omit<ThreadOptions, "index">;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #threads: DataThread[] = [];
  #ending = false;
  #deaths = 0;

  constructor(options: Omit<ThreadOptions, "index">, clock: Clock, logger: Logger) {
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Threads that died since the start. */
  get deaths(): number {
    return this.#deaths;
  }

  get count(): number {
    return this.#options.buffers.shape.threads;
  }

  /** Resolves to the ports in use when every thread listens; rejects, having stopped all, when one cannot. */
  async start(): Promise<Readonly<Record<string, number>>> {
    let ports: Readonly<Record<string, number>> = {};
    try {
      for (let index = 0; index < this.count; index++) ports = await this.#launch(index, 0);
    } catch (error) {
      await this.stop();
      throw error;
    }
    return ports;
  }

  async drain(deadlineMs: number): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#threads.map((thread) => thread.drain(deadlineMs)));
  }

  async stop(): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }

  /** Ends one thread as a crash would; for tests of its replacement. */
  async kill(index: number): Promise<void> {
    await this.#threads[index]?.kill();
  }

  async #launch(index: number, waitedMs: number): Promise<Readonly<Record<string, number>>> {
    const startedAt = this.#clock.now();
    const thread = new DataThread({ ...this.#options, index }, (why) => {
      const young = this.#clock.now() - startedAt < STABLE_MS;
      this.#replace(index, why, young ? waitedMs : 0);
    });
    this.#threads[index] = thread;
    return thread.start();
  }

  #replace(index: number, why: string, waitedMs: number): void {
    this.#forget(index);
    if (this.#ending) return;
    this.#deaths += 1;
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, waitedMs * 2));
    this.#logger.error({ thread: index, why, waitMs }, "data thread died; it will be replaced");
    this.#clock.after(waitMs, () => {
      if (this.#ending) return;
      this.#launch(index, waitMs).catch((error: unknown) => {
        this.#replace(index, error instanceof Error ? error.message : String(error), waitMs);
      });
    });
  }

  /** What a dead thread had in flight died with it: takes its share out of the shared gauges. */
  #forget(index: number): void {
    const state = new SharedState(this.#options.buffers, index);
    const { servers, frontends, backends } = state.shape;
    for (let server = 0; server < servers; server++) {
      const row = state.serverRow(server);
      state.addGauge(server, GAUGE.inFlight, -(row[COUNTER.current] ?? 0));
      row[COUNTER.current] = 0;
      row[COUNTER.idle] = 0;
    }
    for (let backend = 0; backend < backends; backend++) {
      const row = state.backendRow(backend);
      row[COUNTER.current] = 0;
      row[COUNTER.queued] = 0;
    }
    for (let frontend = 0; frontend < frontends; frontend++) {
      state.frontendRow(frontend)[COUNTER.current] = 0;
    }
  }
}
