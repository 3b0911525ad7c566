// Turns check results into a server's state, by the rule of rise-and-fall.ts. An operator's word (draining, maint) is
// never overruled.
//
// What is not to be checked all the time is left alone until a request's connection to it fails: then it is checked
// at once, and while it is down. So a server that is gone costs a few visitors a second try, and a server that
// only seemed so for a moment costs nothing. Meanwhile the answers to requests tell the operator whether it works.
import { isDeepStrictEqual } from "node:util";
import type { CheckConfig } from "@tandem/config";
import type { Clock, Rng, Timer } from "@tandem/transport";
import type { Pending } from "../pool/reservation.ts";
import type { Server } from "../server/server.ts";
import type { Check, CheckResult } from "./check.ts";
import { LiveTraffic, type TrafficWord } from "./live-traffic.ts";
import { RiseAndFall } from "./rise-and-fall.ts";

/** What is known about a server's health, for the metrics and the status page. */
export interface HealthReport {
  readonly last: CheckResult | undefined;
  /** Wall clock milliseconds of the last change between up and down, or of the start. */
  readonly changedAt: number;
  /** Failed checks while up, and changes from up to down, since the start. */
  readonly failures: number;
  readonly downs: number;
  readonly downtimeMs: number;
  /** Wall clock milliseconds since when it says that it cannot do all of its work; undefined = it can. */
  readonly degradedAt: number | undefined;
  /** Wall clock milliseconds since when checks fail though it still counts as up; undefined = they do not. */
  readonly failingAt: number | undefined;
  /** What requests since the last check have told; undefined = checks go on all the time, and they tell. */
  readonly traffic: TrafficWord | undefined;
}

export interface MonitorOptions {
  readonly server: Server;
  readonly config: CheckConfig;
  readonly check: Check;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly changed: (server: Server, up: boolean, result: CheckResult) => void;
  /** It has said that it cannot do all of its work, or that it can again. */
  readonly degraded: (server: Server, degraded: boolean, result: CheckResult) => void;
  /** A check could not be made, for want of something of our own. */
  readonly hindered: (server: Server, why: string) => void;
}

/** How often to look how the requests to a server that is not checked have fared. */
const WATCH_MS = 250;

export class Monitor {
  #options: MonitorOptions;
  #timer: Timer | undefined = undefined;
  #running: Pending | undefined = undefined;
  /** Ends the wait of `start` for the check that runs. */
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

  /** Resolves after the first check, if there is to be one, or when it is stopped; the others follow every `interval`, slightly spread. */
  async start(): Promise<void> {
    if (checksAlways(this.#options.config)) await this.#run();
    else this.#schedule();
  }

  /** After a reload: checks as it says there from the next check on, and remembers what it knows. */
  configure(config: CheckConfig, check: Check): void {
    const { config: before, server, clock } = this.#options;
    this.#options = { ...this.#options, config, check };
    if (isDeepStrictEqual(before, config) || this.#stopped) return;
    this.#rule.restart();
    this.#failingAt = undefined;
    if (config.by === "nothing" && server.state === "down") this.#noteUp(clock.wall());
    if (!checksAlways(config) && server.state !== "down") this.#forget();
    this.#cancel(); // what it asks is not asked any more
    this.#schedule();
  }

  /** No check would find that what the last one found is over. */
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

  /** The next check, or the next look at how requests fare. */
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
   * What a server says of itself holds from its first word on, both ways. One that is being stopped goes on answering
   * for a while: until its checks have failed often enough it is better than nothing.
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

/** Rather than when something has gone wrong, or never. */
export function checksAlways({ by }: CheckConfig): boolean {
  return by === "http" || by === "tcp";
}
