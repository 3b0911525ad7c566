// One run of our own generator. In the open loop a request's latency counts from the moment at which the request was
// due. So when requests wait because the server stalls, the wait is part of their latency (no coordinated omission,
// as in wrk2).
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { browserRequest } from "./browser.ts";
import { ClientConnection, requestBytes } from "./client-connection.ts";
import { LAST_ANSWERS_MS, type LoadRun } from "./jobs.ts";
import { Latencies } from "./latencies.ts";
import type { LoadJob, LoadResult } from "./load.ts";
import { TlsClient } from "./tls-client.ts";
import { NEVER_ANSWERED, WrongAnswers } from "./wrong-answers.ts";

export class OwnRun implements LoadRun {
  readonly #job: LoadJob;
  readonly #same: Buffer;
  readonly #tls: TlsClient;
  readonly #latencies = new Latencies();
  readonly #open = new Set<ClientConnection>();
  readonly #idle: ClientConnection[] = [];
  readonly #due: number[] = [];
  #began = 0;
  #end = 0;
  #scheduled = 0;
  #inFlight = 0;
  readonly #wrong = new WrongAnswers();

  constructor(job: LoadJob) {
    this.#job = job;
    this.#same = requestBytes(job);
    this.#tls = new TlsClient(job);
  }

  async open(): Promise<void> {
    await this.#tls.prepare();
    if (this.#job.newConnections) return;
    for (let index = 0; index < this.#job.connections; index++)
      this.#send(this.#connect(), () => undefined);
    await this.#lastAnswers(performance.now());
  }

  async measure(): Promise<LoadResult> {
    const { rate, seconds } = this.#job;
    this.#began = performance.now();
    this.#end = this.#began + seconds * 1000;
    if (rate === undefined) {
      this.#next();
      await sleep(seconds * 1000);
    } else await this.#openLoop(rate);
    await this.#lastAnswers(this.#end);
    this.#wrong.add(NEVER_ANSWERED, this.#unanswered);
    return {
      requests: this.#latencies.count,
      seconds: (Math.max(performance.now(), this.#end) - this.#began) / 1000,
      errors: this.#wrong.total,
      wrong: this.#wrong.toJSON(),
      ...this.#latencies.percentiles(),
    };
  }

  close(): void {
    this.#due.length = 0;
    for (const connection of this.#open) connection.close();
  }

  get #unanswered(): number {
    return this.#inFlight + this.#due.length;
  }

  async #lastAnswers(since: number): Promise<void> {
    while (this.#unanswered > 0 && performance.now() < since + LAST_ANSWERS_MS) await sleep(1);
  }

  #acquire(): ClientConnection | undefined {
    for (let found = this.#idle.pop(); found !== undefined; found = this.#idle.pop())
      if (found.open) return found;
    return this.#open.size < this.#job.connections ? this.#connect() : undefined;
  }

  #connect(): ClientConnection {
    const made = new ClientConnection(this.#job, this.#tls);
    this.#open.add(made);
    made.onClose(() => {
      this.#open.delete(made);
      this.#next();
    });
    return made;
  }

  #send(connection: ClientConnection, onGood: () => void): void {
    this.#inFlight++;
    connection.send(this.#job.varied ? browserRequest(this.#job) : this.#same, (wrong) => {
      this.#inFlight--;
      if (wrong === "") onGood();
      else this.#wrong.add(wrong);
      if (this.#job.newConnections || wrong !== "") connection.close();
      else {
        this.#idle.push(connection);
        this.#next();
      }
    });
  }

  /**
   * Sends the requests in `#due`, even after the end when they had to wait for a connection. Without a rate `#due` is
   * empty, and until the end every connection that is free gets the next request.
   */
  #next(): void {
    while (performance.now() < this.#end || this.#due.length > 0) {
      if (this.#job.rate !== undefined && this.#due.length === 0) return;
      const connection = this.#acquire();
      if (connection === undefined) return;
      const since = this.#due.shift() ?? performance.now();
      this.#send(connection, () => this.#latencies.add(performance.now() - since));
    }
  }

  async #openLoop(rate: number): Promise<void> {
    while (performance.now() < this.#end) {
      this.#becomeDue(rate);
      await sleep(1);
    }
    this.#becomeDue(rate);
  }

  /** Adds to `#due` every request that has become due by now, and sends as many of them as possible. */
  #becomeDue(rate: number): void {
    const elapsed = (performance.now() - this.#began) / 1000;
    const all = Math.floor(this.#job.seconds * rate);
    const until = Math.min(Math.floor(elapsed * rate) + 1, all); // the first request is due at once
    for (; this.#scheduled < until; this.#scheduled++)
      this.#due.push(this.#began + (this.#scheduled / rate) * 1000);
    this.#next();
  }
}
