// Sends a tier's application log, access log and metrics to a Sumo Logic HTTP source: batched by size and interval,
// gzipped, one request in flight. While the buffer has room, each line is delivered at least once (an upload whose
// answer is lost is sent again). When the buffer is full, the oldest lines are dropped and counted, so that serving
// never waits for the source.
import { randomInt } from "node:crypto";
import { isMainThread } from "node:worker_threads";
import type { Logger } from "pino";
import { Counter, Gauge, type Registry } from "prom-client";
import { bounded } from "../bounded.ts";
import type { LineSink, SumoLogicOptions, TelemetryClock, TierName } from "../options.ts";
import { HttpSource } from "./http-source.ts";
import { type Batch, BatchQueue, type StreamName } from "./queue.ts";
import { backoff } from "./retry.ts";
import { readSourceUrl } from "./source-url.ts";

/** The largest upload. Sumo Logic takes at most 1 MB, uncompressed, per request. */
const UPLOAD_MAX = 1_000_000;
const REQUEST_TIMEOUT_MS = 10_000;
const WARNING_MS = 60_000;

export interface ShipperContext {
  readonly tier: TierName;
  readonly clock: TelemetryClock;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly dropped: Counter<"destination" | "reason">;
  readonly requestTimeoutMs?: number;
}

/** Reads the source's URL and starts shipping. Throws when a key of `telemetry.sumologic` is unusable. */
export function openShipper(options: SumoLogicOptions, context: ShipperContext): Shipper {
  const url = readSourceUrl(options);
  if (!/^[\x21-\x7e]+$/.test(options.category)) {
    throw new Error(
      `telemetry.sumologic.category: expected printable ASCII without spaces, got ${JSON.stringify(options.category)}`,
    );
  }
  if (url.protocol === "http:" && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)) {
    context.logger.warn(
      { host: url.host },
      "log shipping: telemetry.sumologic sends over plain http; use https",
    );
  }
  return new Shipper(url, options, context);
}

export class Shipper {
  readonly app: LineSink = { write: (line) => this.#add("app", line) };
  readonly access: LineSink = { write: (line) => this.#add("access", line) };
  readonly #context: ShipperContext;
  readonly #host: string;
  readonly #source: HttpSource;
  readonly #queue: BatchQueue;
  readonly #sent: Counter<"stream">;
  readonly #retries: Counter;
  readonly #timers: { cancel(): void }[];
  #retryTimer: { cancel(): void } | undefined;
  #sending = false;
  #closed = false;
  #failures = 0;
  #settled: (() => void)[] = [];
  #lastWarning = Number.NEGATIVE_INFINITY;

  constructor(url: URL, options: SumoLogicOptions, context: ShipperContext) {
    const { clock, registry, tier } = context;
    this.#context = context;
    this.#host = url.host;
    const requestTimeoutMs = context.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    this.#source = new HttpSource({
      url,
      category: options.category,
      tier,
      clock,
      requestTimeoutMs,
    });
    this.#queue = new BatchQueue({
      // The buffer must hold two batches. With room for only one, no line could be gathered while a batch is being
      // sent.
      batchBytes: Math.min(options.batch, UPLOAD_MAX, Math.floor(options.buffer / 2)),
      maxBytes: options.buffer,
      dropped: (lines, reason) => this.#drop(lines, reason),
    });
    this.#sent = new Counter({
      name: "tandem_telemetry_sent_total",
      help: "Log lines and metric snapshots accepted by the sink.",
      labelNames: ["stream"],
      registers: [registry],
    });
    this.#retries = new Counter({
      name: "tandem_telemetry_retries_total",
      help: "Uploads that failed and were tried again.",
      registers: [registry],
    });
    const queue = this.#queue;
    new Gauge({
      name: "tandem_telemetry_queue_bytes",
      help: "Bytes that wait to be shipped.",
      registers: [registry],
      collect() {
        this.set(queue.bytes);
      },
    });
    this.#timers = [clock.every(options.interval, () => this.#shipGathered())];
    // Only the main thread sends metrics, because it sums the counters of all threads. If each thread sent its own
    // metrics, they would be reported twice.
    if (isMainThread) {
      this.#timers.push(clock.every(options.metricsInterval, () => void this.#addMetrics()));
    }
  }

  /** Sends as much as possible within `boundMs`, counts the rest as dropped and closes the connection. */
  async close(boundMs: number): Promise<void> {
    if (this.#closed) return;
    for (const timer of this.#timers) timer.cancel();
    const last = this.#lastMetrics().then(() => this.#drained());
    await bounded(this.#context.clock, boundMs, last);
    this.#closed = true;
    this.#retryTimer?.cancel();
    await this.#source.close();
    const lost = this.#queue.clear();
    if (lost > 0) {
      this.#drop(lost, "shutdown");
      this.#context.logger.warn(
        { host: this.#host, lost },
        "log shipping: closed before all was sent",
      );
    }
  }

  #add(stream: StreamName, line: string): void {
    if (this.#closed) {
      this.#drop(1, "shutdown");
      return;
    }
    this.#queue.addLine(stream, line);
    if (this.#queue.ready) this.#send();
  }

  async #addMetrics(): Promise<void> {
    const text = await this.#context.registry.metrics();
    if (this.#closed) return;
    this.#queue.replace("metrics", text, UPLOAD_MAX);
    this.#send();
  }

  #drained(): Promise<void> {
    this.#queue.sealAll();
    if (!this.#queue.ready && !this.#sending) return Promise.resolve();
    return new Promise((resolve) => {
      this.#settled.push(resolve);
      this.#sendNow();
    });
  }

  #lastMetrics(): Promise<void> {
    return isMainThread ? this.#addMetrics() : Promise.resolve();
  }

  #shipGathered(): void {
    this.#queue.sealAll();
    this.#send();
  }

  #sendNow(): void {
    this.#retryTimer?.cancel();
    this.#retryTimer = undefined;
    this.#send();
  }

  #send(): void {
    if (this.#sending || this.#closed || this.#retryTimer !== undefined) return;
    const batch = this.#queue.take();
    if (batch === undefined) {
      this.#settle();
      return;
    }
    this.#sending = true;
    void this.#post(batch);
  }

  async #post(batch: Batch): Promise<void> {
    const outcome = await this.#source.post(batch);
    this.#sending = false;
    if (outcome.kind === "sent") {
      this.#failures = 0;
      this.#sent.inc({ stream: batch.stream }, batch.lines);
      return this.#send();
    }
    if (outcome.kind === "rejected") {
      this.#drop(batch.lines, "rejected");
      this.#warnOnce(
        outcome.why,
        "log shipping: refused by the sink, batch dropped; check the URL",
      );
      return this.#send();
    }
    if (this.#closed) return this.#drop(batch.lines, "shutdown");
    this.#failures++;
    this.#retries.inc();
    this.#queue.giveBack(batch);
    this.#warnOnce(outcome.why, "log shipping: sink unavailable, retrying");
    const delay = Math.max(backoff(this.#failures, randomInt(2 ** 32) / 2 ** 32), outcome.afterMs);
    this.#retryTimer = this.#context.clock.after(delay, () => this.#sendNow());
    this.#settle();
  }

  #settle(): void {
    const settled = this.#settled;
    this.#settled = [];
    for (const resolve of settled) resolve();
  }

  #drop(lines: number, reason: string): void {
    this.#context.dropped.inc({ destination: "sumologic", reason }, lines);
  }

  /**
   * Logs a warning, at most once a minute. A warning is itself a line to send, so without the limit warnings could
   * cause more warnings.
   */
  #warnOnce(why: string, message: string): void {
    const now = this.#context.clock.now();
    if (now - this.#lastWarning < WARNING_MS) return;
    this.#lastWarning = now;
    this.#context.logger.warn({ host: this.#host, why }, message);
  }
}
