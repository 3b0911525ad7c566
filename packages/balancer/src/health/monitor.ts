// Turns check results into a server's state, by the rule in rise-and-fall.ts. A state that an operator has set
// (draining, maint) is never changed.
//
// With `check: connections` a server is not checked until the connection of a request to it fails. Then the server is
// checked at once, and again and again while it is down. So when a server is gone, only a few requests have to be sent
// again to another server. When only one connection failed and the server works, the check changes nothing. While a
// server is not checked, the answers to requests show the operator whether the server works.
import { isDeepStrictEqual } from "node:util";
import type { CheckConfig } from "@tandem/config";
import type { Clock, Rng, Timer } from "@tandem/transport";
import type { Pending } from "../pool/reservation.ts";
import type { Server } from "../server/server.ts";
import type { Check, CheckResult } from "./check.ts";
import { LiveTraffic, type TrafficResult } from "./live-traffic.ts";
import { RiseAndFall } from "./rise-and-fall.ts";

/** The known facts about a server's health, for the metrics and the status page. */
export interface HealthReport {
  readonly last: CheckResult | undefined;
  /** Time of the last change between up and down, or of the start, in wall clock milliseconds. */
  readonly changedAt: number;
  /**
   * How many checks have failed while the server was up, and how many times the server went from up to down, since
   * the start.
   */
  readonly failures: number;
  readonly downs: number;
  readonly downtimeMs: number;
  /**
   * Since when the server has reported that it cannot do all of its work, in wall clock milliseconds; undefined = the
   * server does not report that.
   */
  readonly degradedAt: number | undefined;
  /**
   * When checks began to fail while the server still counts as up, in wall clock milliseconds; undefined = the checks
   * pass.
   */
  readonly failingAt: number | undefined;
  /**
   * What the requests since the last check show about the server; undefined = the server is checked regularly, so its
   * checks show whether it works.
   */
  readonly traffic: TrafficResult | undefined;
}

export interface MonitorOptions {
  readonly server: Server;
  readonly config: CheckConfig;
  readonly check: Check;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly changed: (server: Server, up: boolean, result: CheckResult) => void;
  /**
   * Called when the server reports that it cannot do all of its work, and when the server reports that it can do all of
   * its work again.
   */
  readonly degraded: (server: Server, degraded: boolean, result: CheckResult) => void;
  /**
   * Called when a check could not be made because the balancer itself lacks something, such as a file
   * descriptor.
   */
  readonly hindered: (server: Server, why: string) => void;
}

/** The interval at which the counters of a server that is not checked are read. */
const WATCH_MS = 250;

export class Monitor {
  #options: MonitorOptions;
  #timer: Timer | undefined = undefined;
  #running: Pending | undefined = undefined;
  /** Resolves the promise of `start`, which waits for the running check. */
  #checked: (() => void) | undefined = undefined;
  #stopped = false;
  readonly #rule = new RiseAndFall();
  #last: CheckResult | undefined = undefined;
  #changedAt: number;
  #failures = 0;
  #downs = 0;
  #downtimeMs = 0;
  readonly #traffic: LiveTraffic;
  #degradedAt: number | undefined = undefined;
  #failingAt: number | undefined = undefined;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#changedAt = options.clock.wall();
    this.#traffic = new LiveTraffic(options.server.tally);
  }

  get report(): HealthReport {
    const { clock, config, server } = this.#options;
    const downNow = server.state === "down" ? clock.wall() - this.#changedAt : 0;
    return {
      last: this.#last,
      changedAt: this.#changedAt,
      failures: this.#failures,
      downs: this.#downs,
      downtimeMs: this.#downtimeMs + downNow,
      degradedAt: server.state === "up" ? this.#degradedAt : undefined,
      failingAt: server.state === "up" ? this.#failingAt : undefined,
      traffic: checksAlways(config) ? undefined : this.#traffic.word,
    };
  }

  /**
   * Starts the checks. If the server is checked regularly, resolves after the first check, or when the monitor is
   * stopped. Otherwise resolves at once. Further checks follow every `interval`, with a small random deviation.
   */
  async start(): Promise<void> {
    if (checksAlways(this.#options.config)) await this.#run();
    else this.#schedule();
  }

  /**
   * Called after a reload: from the next check on, the new settings apply. The result of the last
   * check is forgotten when the server is no longer checked regularly and is not down.
   */
  configure(config: CheckConfig, check: Check): void {
    const { config: before, server, clock } = this.#options;
    this.#options = { ...this.#options, config, check };
    if (isDeepStrictEqual(before, config) || this.#stopped) return;
    this.#rule.restart();
    this.#failingAt = undefined;
    if (config.by === "nothing" && server.state === "down") this.#noteUp(clock.wall());
    if (!checksAlways(config) && server.state !== "down") this.#forget();
    this.#cancel(); // the running check has the old settings
    this.#schedule();
  }

  /**
   * Forgets the last check result. Called when the server is no longer checked regularly, because no later check would
   * replace the old result.
   */
  #forget(): void {
    this.#last = undefined;
    this.#rule.forget();
    this.#degradedAt = undefined;
    this.#options.server.degraded = false;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#cancel();
  }

  #cancel(): void {
    this.#running?.cancel();
    this.#running = undefined;
    this.#checked?.();
  }

  #run(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#checked = resolve;
    this.#running = this.#options.check((result) => {
      this.#running = undefined;
      this.#judge(result);
      this.#schedule();
      resolve();
    });
    return promise;
  }

  /** Schedules the next check, or the next reading of the counters. */
  #schedule(): void {
    const { clock, config, rng, server } = this.#options;
    this.#timer?.cancel();
    if (config.by === "nothing" || (config.by === "connections" && server.state !== "down")) {
      this.#traffic.restart();
      this.#timer = clock.after(WATCH_MS, () => this.#watch());
      return;
    }
    this.#timer = clock.after(this.#rule.pauseMs(config.interval, rng), () => void this.#run());
  }

  #watch(): void {
    const { clock, config, server } = this.#options;
    const refused = this.#traffic.look();
    if (config.by === "connections" && (refused || server.state === "down")) void this.#run();
    else this.#timer = clock.after(WATCH_MS, () => this.#watch());
  }

  #judge(result: CheckResult): void {
    const { server, config, hindered } = this.#options;
    if (result.passed === undefined) {
      hindered(server, result.why);
      return;
    }
    this.#last = result;
    this.#noteAbility(result);
    const { state } = server;
    if (state === "up" && !result.passed) this.#failures += 1;
    const up = state === "up" || state === "down" ? state === "up" : undefined;
    if (this.#rule.judge(result.passed, up, config)) this.#change(result);
  }

  #change(result: CheckResult): void {
    const { server, clock, changed } = this.#options;
    const now = clock.wall();
    if (result.passed === true) this.#noteUp(now);
    else {
      this.#downs += 1;
      this.#changedAt = now;
      server.set("down", now);
    }
    changed(server, result.passed === true, result);
  }

  /**
   * Notes what the server reports about its readiness. One report is enough, whether the server
   * becomes degraded or recovers. A server that is being stopped reports that it is not ready,
   * although it still answers for a while. Such a server counts as degraded until enough checks
   * have failed.
   */
  #noteAbility(result: CheckResult): void {
    const { server, clock, degraded } = this.#options;
    const now = clock.wall();
    this.#failingAt = result.passed === true ? undefined : (this.#failingAt ?? now);
    const leaves = result.readiness?.draining === true;
    if (result.passed !== true && !leaves) return;
    const short = leaves || result.readiness?.status === "warn";
    if (short === (this.#degradedAt !== undefined)) return;
    this.#degradedAt = short ? now : undefined;
    server.degraded = short;
    degraded(server, short, result);
  }

  #noteUp(now: number): void {
    this.#downtimeMs += now - this.#changedAt;
    this.#changedAt = now;
    this.#options.server.set("up", now);
  }
}

/** Returns whether checks are made regularly, and not only after a failed connection or never. */
export function checksAlways({ by }: CheckConfig): boolean {
  return by === "http" || by === "tcp";
}
