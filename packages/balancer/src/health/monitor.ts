// Turns check results into a server's state: `fall` failures in a row take it down, `rise` passes bring
// it up. At a start nothing is known yet: the first check decides alone, and a server that was not ready
// then is looked at often and believed at once when it is. An operator's word (draining, maint) is
// never overruled.
import type { CheckConfig } from "@tandem/config";
import type { Clock, Rng, Timer } from "@tandem/transport";
import type { Server } from "../backend/server.ts";
import type { CheckResult } from "./http-check.ts";

/** What is known about a server's health, for the metrics and the status page. */
export interface HealthReport {
  readonly last: CheckResult | undefined;
  /** Wall clock milliseconds of the last change between up and down, or of the start. */
  readonly changedAt: number;
  /** Failed checks while up, and changes from up to down, since the start. */
  readonly failures: number;
  readonly downs: number;
  readonly downtimeMs: number;
}

export interface MonitorOptions {
  readonly server: Server;
  readonly config: CheckConfig;
  readonly check: (stop: AbortSignal) => Promise<CheckResult>;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly changed: (server: Server, up: boolean, result: CheckResult) => void;
}

/** How soon to look again for a server that has not been up since our start. */
const AWAITED_MS = 250;

export class Monitor {
  #options: MonitorOptions;
  readonly #stop = new AbortController();
  #timer: Timer | undefined = undefined;
  #seenUp = false;
  #streak = 0;
  #last: CheckResult | undefined = undefined;
  #changedAt: number;
  #failures = 0;
  #downs = 0;
  #downtimeMs = 0;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#changedAt = options.clock.wall();
  }

  get report(): HealthReport {
    const { clock, server } = this.#options;
    const downNow = server.state === "down" ? clock.wall() - this.#changedAt : 0;
    return {
      last: this.#last,
      changedAt: this.#changedAt,
      failures: this.#failures,
      downs: this.#downs,
      downtimeMs: this.#downtimeMs + downNow,
    };
  }

  /** Resolves after the first check; the others follow every `interval`, slightly spread. */
  async start(): Promise<void> {
    await this.#run();
  }

  /** After a reload: checks as it says there from the next check on, and remembers what it knows. */
  configure(config: CheckConfig, check: MonitorOptions["check"]): void {
    this.#options = { ...this.#options, config, check };
  }

  stop(): void {
    this.#stop.abort();
    this.#timer?.cancel();
  }

  async #run(): Promise<void> {
    const { check, clock, config, rng } = this.#options;
    const result = await check(this.#stop.signal);
    if (this.#stop.signal.aborted) return;
    this.#judge(result);
    // ±5 %, so that many balancers do not knock at the same moment.
    const interval = this.#seenUp ? config.interval : Math.min(config.interval, AWAITED_MS);
    this.#timer = clock.after(interval * (0.95 + 0.1 * rng()), () => void this.#run());
  }

  #judge(result: CheckResult): void {
    const { server, config } = this.#options;
    const alone = this.#last === undefined || !this.#seenUp;
    this.#last = result;
    this.#seenUp ||= result.passed;
    const { state } = server;
    if (state !== "up" && state !== "down") return;
    if (state === "up" && !result.passed) this.#failures += 1;
    if (result.passed === (state === "up")) {
      this.#streak = 0;
      return;
    }
    this.#streak += 1;
    if (alone || this.#streak >= (result.passed ? config.rise : config.fall)) this.#change(result);
  }

  #change(result: CheckResult): void {
    const { server, clock, changed } = this.#options;
    const now = clock.wall();
    if (result.passed) this.#downtimeMs += now - this.#changedAt;
    else this.#downs += 1;
    this.#changedAt = now;
    this.#streak = 0;
    server.set(result.passed ? "up" : "down", now);
    changed(server, result.passed, result);
  }
}
