// One run of autocannon. It sends the next request on a connection as soon as the last answer is there. A gate in
// front of autocannon holds requests back before the measurement begins and after it ends, while the connections stay
// open.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import autocannon from "autocannon";
import { LAST_ANSWERS_MS, type LoadRun } from "./jobs.ts";
import { Latencies } from "./latencies.ts";
import { type LoadJob, type LoadResult, REQUEST_FIELDS, urlOf } from "./load.ts";
import { NEVER_ANSWERED, WrongAnswers, wrongWith } from "./wrong-answers.ts";

/**
 * The duration that autocannon is told. It is longer than any job, and autocannon is stopped
 * earlier.
 */
const FOREVER_SECONDS = 3600;

/**
 * The methods of autocannon 9.0.0 with which a client sends a request and opens a connection. They
 * are replaced here, because autocannon has no public hook between two requests, and no public
 * event for a lost connection. A lost connection must count as an error. Otherwise half an answer
 * from before the loss and half an answer from after it would count as one good answer.
 */
interface Client {
  _doRequest(): void;
  _connect(): void;
}

export class AutocannonRun implements LoadRun {
  readonly #job: LoadJob;
  readonly #instance: autocannon.Instance;
  readonly #waiting = new Set<() => void>();
  #latencies = new Latencies();
  #gateOpen = false;
  #wrong = new WrongAnswers();
  #status = 0;
  #latencyMs = 0;

  constructor(job: LoadJob) {
    this.#job = job;
    this.#instance = autocannon(
      {
        url: urlOf(job),
        connections: job.connections,
        duration: FOREVER_SECONDS,
        // A stopped autocannon ends at its next sample, so samples are frequent.
        sampleInt: 10,
        method: job.method,
        headers: { ...REQUEST_FIELDS },
        ...(job.uploadBytes > 0 ? { body: Buffer.alloc(job.uploadBytes, "x") } : {}),
        setupClient: (client) => this.#watch(client as unknown as Client),
        // Called for each answer, right after the "response" event below. The value that
        // verifyBody returns has no effect on our counts.
        verifyBody: (body) => this.#answered(body?.length),
      },
      () => undefined,
    );
    // The "response" event gives the exact latency. autocannon's own histogram has whole milliseconds only.
    this.#instance.on("response", (_client, status, _bytes, ms) => {
      this.#status = status;
      this.#latencyMs = ms;
    });
    this.#instance.on("reqError", (error: NodeJS.ErrnoException | undefined) =>
      this.#wrong.add(`a connection failed (${error?.code ?? "no answer in time"})`),
    );
  }

  /**
   * Opens the connections. Each client of autocannon sends a first request by itself, and the
   * answers to these first requests are not counted.
   */
  async open(): Promise<void> {
    await this.#lastAnswers();
    this.#latencies = new Latencies();
    this.#wrong = new WrongAnswers();
  }

  async measure(): Promise<LoadResult> {
    const began = performance.now();
    this.#gateOpen = true;
    const ready = [...this.#waiting];
    this.#waiting.clear();
    for (const send of ready) send();
    await sleep(this.#job.seconds * 1000);
    this.#gateOpen = false;
    await this.#lastAnswers();
    this.#wrong.add(NEVER_ANSWERED, this.#unanswered);
    return {
      requests: this.#latencies.count,
      seconds: (performance.now() - began) / 1000,
      errors: this.#wrong.total,
      wrong: this.#wrong.toJSON(),
      ...this.#latencies.percentiles(),
    };
  }

  close(): void {
    this.#instance.stop?.();
  }

  /** How many clients wait for an answer: all except those in `#waiting`, which hold their next request back. */
  get #unanswered(): number {
    return this.#job.connections - this.#waiting.size;
  }

  async #lastAnswers(): Promise<void> {
    const deadline = performance.now() + LAST_ANSWERS_MS;
    while (this.#unanswered > 0 && performance.now() < deadline) await sleep(1);
  }

  #watch(client: Client): void {
    this.#gate(client);
    const connect = client._connect.bind(client);
    let first = true;
    client._connect = () => {
      if (!first) this.#wrong.add("the connection closed before the answer was complete");
      first = false;
      connect();
    };
  }

  #gate(client: Client): void {
    const send = client._doRequest.bind(client);
    let first = true;
    client._doRequest = () => {
      if (this.#gateOpen || first) send();
      else this.#waiting.add(send);
      first = false;
    };
  }

  #answered(length: number | undefined): boolean {
    const wrong = wrongWith(this.#status, length ?? 0, this.#job.expectBytes);
    if (wrong === "") this.#latencies.add(this.#latencyMs);
    else this.#wrong.add(wrong);
    return true;
  }
}
