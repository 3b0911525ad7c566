// The data threads of a balancer, as many as configured. A thread that dies is replaced while the others continue to
// serve. A reload is prepared in all threads before any thread commits it.
import type { BalancerConfig } from "@tandem/config";
import type { Logger } from "@tandem/telemetry";
import { type Clock, logRefusal } from "@tandem/transport";
import type { ThreadOptions } from "../data/messages.ts";
import { COUNTER, H2_COUNTER } from "../memory/counters.ts";
import { GAUGE, type SharedMemory } from "../memory/shared-memory.ts";
import { Tally } from "../memory/tally.ts";
import { Complaints } from "./complaints.ts";
import { DataThread } from "./data-thread.ts";

/**
 * How long to wait before a dead thread is replaced. When a thread dies soon after its start, the wait is twice the
 * wait before, but at most LONGEST_WAIT_MS.
 */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5_000;
const STABLE_MS = 10_000;
const PREPARE_MS = 20_000;

export class DataThreads {
  #options: Omit<ThreadOptions, "index">;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #complaints: Complaints;
  readonly #threads: DataThread[] = [];
  /** The threads that have started and run with the configuration and memory in `#options`. */
  readonly #serving = new Set<DataThread>();
  #prepared: readonly DataThread[] = [];
  #ending = false;
  #deaths = 0;

  constructor(options: Omit<ThreadOptions, "index" | "names">, clock: Clock, logger: Logger) {
    this.#options = { ...options, names: {} };
    this.#clock = clock;
    this.#logger = logger;
    this.#complaints = new Complaints(clock, logger);
  }

  /** Returns how many threads have died since the start. */
  get deaths(): number {
    return this.#deaths;
  }

  get count(): number {
    return this.#options.memory.threads;
  }

  /**
   * Starts all threads. Resolves to the ports in use when every thread listens. When one thread
   * cannot listen, all threads are stopped and the promise rejects.
   */
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

  /**
   * Prepares a reload in all threads. Rejects when one of the threads cannot take over the configuration; then
   * nothing has changed.
   */
  async prepare(config: BalancerConfig, memory: SharedMemory): Promise<void> {
    this.#prepared = [...this.#serving];
    const outcomes = await Promise.allSettled(
      this.#prepared.map((thread) => this.#inTime(thread.prepare(config, memory))),
    );
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status !== "rejected") return;
    this.abort();
    throw failed.reason;
  }

  /**
   * Commits the reload; call it only after `prepare`. Resolves to the ports in use when every thread has taken over
   * the configuration.
   */
  async commit(
    config: BalancerConfig,
    memory: SharedMemory,
  ): Promise<Readonly<Record<string, number>>> {
    // The options are set first. So when a thread dies during the commit, its replacement starts with the new
    // configuration.
    this.#options = { ...this.#options, config, memory };
    const late = [...this.#serving].filter((thread) => !this.#prepared.includes(thread));
    const ports = await Promise.all(this.#prepared.map((thread) => thread.commit()));
    for (const thread of late) await this.#catchUp(thread);
    return ports.findLast((found) => found !== undefined) ?? {};
  }

  /**
   * Limits the time of a preparation: a custom algorithm that never finishes loading must not block all later
   * reloads.
   */
  #inTime(preparing: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const why = `a data thread was not ready to change within ${PREPARE_MS / 1000} s`;
      const limit = this.#clock.after(PREPARE_MS, () => reject(new Error(why)));
      preparing.finally(() => limit.cancel()).then(resolve, reject);
    });
  }

  /** Tells all threads the new addresses of a host name; threads that start later get these addresses too. */
  learn(name: string, addresses: readonly string[]): void {
    this.#options = { ...this.#options, names: { ...this.#options.names, [name]: addresses } };
    for (const thread of this.#threads) thread.learn(name, addresses);
  }

  /** Tells all threads to read the certificates of these frontends again. */
  renewCertificates(frontends: readonly string[]): void {
    for (const thread of this.#threads) thread.renewCertificates(frontends);
  }

  /**
   * Tells all threads to make TLS session tickets from another secret from now on. Threads that start later use that
   * secret too.
   */
  useTicketSecret(ticketSecret: Uint8Array): void {
    this.#options = { ...this.#options, ticketSecret };
    for (const thread of this.#threads) thread.useTicketSecret(ticketSecret);
  }

  abort(): void {
    for (const thread of this.#prepared) thread.abort();
  }

  async drain(deadlineMs: number, replaced = false): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#threads.map((thread) => thread.drain(deadlineMs, replaced)));
  }

  async stop(): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }

  /** Ends one thread at once, like a crash; for tests of its replacement. */
  async kill(index: number): Promise<void> {
    await this.#threads[index]?.kill();
  }

  async #launch(index: number, waitedMs: number): Promise<Readonly<Record<string, number>>> {
    const startedAt = this.#clock.now();
    const died = (why: string): void => {
      const young = this.#clock.now() - startedAt < STABLE_MS;
      this.#replace(index, why, young ? waitedMs : 0);
    };
    const thread = new DataThread(
      { ...this.#options, index },
      {
        died,
        complained: this.#complaints.tell,
        refused: (refusal, unsaid) => logRefusal(this.#logger, refusal, unsaid),
      },
    );
    this.#threads[index] = thread;
    let ports = await thread.start();
    // A reload during the start of this thread did not include this thread. So the thread takes
    // over the new configuration now.
    for (let seen = thread.memory; seen !== this.#options.memory; ) {
      seen = this.#options.memory;
      ports = await this.#catchUp(thread);
    }
    this.#serving.add(thread);
    return ports;
  }

  async #catchUp(thread: DataThread): Promise<Readonly<Record<string, number>>> {
    await thread.prepare(this.#options.config, this.#options.memory);
    return (await thread.commit()) ?? {};
  }

  #replace(index: number, why: string, waitedMs: number): void {
    this.#forget(index);
    const gone = this.#threads[index];
    if (gone !== undefined) this.#serving.delete(gone);
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

  /**
   * Subtracts the requests that a dead thread had in flight from the shared gauges, because these requests ended with
   * the thread.
   */
  #forget(index: number): void {
    const { frontends, backends, left } = this.#options.memory;
    const row = (counters: SharedArrayBuffer) => new Tally(counters, index).row;
    for (const counters of Object.values(frontends)) {
      const own = row(counters);
      own[COUNTER.current] = 0;
      own[H2_COUNTER.openConnections] = 0;
      own[H2_COUNTER.openStreams] = 0;
    }
    for (const { counters } of Object.values(backends)) {
      const own = row(counters);
      own[COUNTER.current] = 0;
      own[COUNTER.queued] = 0;
    }
    const configured = Object.values(backends).flatMap(({ servers }) => Object.values(servers));
    for (const { gauges, counters } of [...configured, ...left.map(({ memory }) => memory)]) {
      const counted = row(counters);
      Atomics.sub(new Int32Array(gauges, 0, 4), GAUGE.inFlight, counted[COUNTER.current] ?? 0);
      counted[COUNTER.current] = 0;
      counted[COUNTER.queued] = 0;
      counted[COUNTER.idle] = 0;
      counted[H2_COUNTER.openConnections] = 0;
    }
  }
}
