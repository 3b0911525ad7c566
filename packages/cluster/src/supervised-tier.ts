// Keeps one tier of a box running: starts its process, starts the process again when it dies, and reports each death
// and each restart.
import type { Clock, ReloadedMessage, Rng, Timer } from "@tandem/transport";
import type { Command } from "./executables.ts";
import { type Exit, ProcessHandle, type ProcessState } from "./process-handle.ts";
import { RestartPolicy } from "./restart-policy.ts";
import type { BoxAssignment } from "./topology.ts";

/** Events of a tier for the supervisor. The messages are for a person, and may come at any time. */
export interface TierEvents {
  /**
   * Called with a message that a person should see now. `lines` are the last lines that the process wrote to stderr.
   */
  notice(level: "info" | "warn" | "error", message: string, lines?: readonly string[]): void;
  /** Called when the process has written a line to its stderr. */
  said(tier: SupervisedTier, line: string): void;
  /** Called when the state, the process or the number of restarts has changed. */
  changed(): void;
}

export interface TierOptions {
  readonly assignment: BoxAssignment;
  readonly command: Command;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly readyMs: number;
  readonly events: TierEvents;
}

/** The result of a tier's reload. */
export type ReloadOutcome = Pick<ReloadedMessage, "ok" | "words">;

/**
 * How many milliseconds a tier may take to reload, which means checking new servers and opening listeners. A tier that
 * takes longer counts as hanging.
 */
const RELOAD_MS = 30_000;

/** How many milliseconds after its own drain deadline a tier may still take to exit. */
const DRAIN_GRACE_MS = 2000;

export class SupervisedTier {
  readonly assignment: BoxAssignment;
  readonly name: string;
  readonly #options: TierOptions;
  readonly #policy: RestartPolicy;
  #handle: ProcessHandle | undefined;
  #restart: Timer | undefined;
  #restarts = 0;
  #since = 0;
  #ending = false;
  #drainMs: number;
  #reloaded: ((outcome: ReloadOutcome) => void) | undefined;

  constructor(options: TierOptions) {
    this.#options = options;
    this.assignment = options.assignment;
    this.#drainMs = options.assignment.drainMs;
    this.name = `${options.assignment.box} ${options.assignment.tier}`;
    this.#policy = new RestartPolicy(options.clock, options.rng);
  }

  get pid(): number | undefined {
    return this.#handle?.pid;
  }

  get state(): ProcessState {
    return this.#handle?.state ?? "gone";
  }

  get addresses(): readonly string[] {
    return this.state === "ready" ? (this.#handle?.addresses ?? []) : [];
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Returns the wall-clock time of the last start of the process. */
  get since(): number {
    return this.#since;
  }

  /** Returns the wall-clock time since when the tier is in its present state. */
  get stateSince(): number {
    return this.#handle?.stateSince ?? this.#since;
  }

  get lastLines(): readonly string[] {
    return this.#handle?.lastLines ?? [];
  }

  /**
   * Starts the tier for the first time. Resolves to undefined when the process is ready; from then
   * on the process is restarted whenever it dies. When the process ends before it is ready,
   * resolves to how the process ended, and there is no restart.
   */
  async start(): Promise<Exit | undefined> {
    const handle = this.#spawn();
    if (!(await handle.ready)) return handle.exited;
    this.#policy.ready();
    this.#options.events.changed();
    void handle.exited.then((exit) => this.#died(exit));
    return undefined;
  }

  /**
   * Asks the tier to read its configuration again. `drainMs` is the drain deadline in the new file,
   * which holds from now on if the reload succeeds. Resolves to the result of the reload. Only one
   * reload may run at a time.
   */
  async reload(drainMs: number): Promise<ReloadOutcome> {
    const handle = this.#handle;
    if (handle?.state !== "ready")
      return { ok: false, words: ["it is not running now; it reads the file when it starts"] };
    const { promise, resolve } = Promise.withResolvers<ReloadOutcome>();
    this.#reloaded = resolve;
    const limit = this.#options.clock.after(RELOAD_MS, () =>
      resolve({ ok: false, words: [`no answer within ${RELOAD_MS / 1000} s; see its log`] }),
    );
    void handle.exited.then(({ words }) => resolve({ ok: false, words: [`it ended: ${words}`] }));
    handle.reload();
    const outcome = await promise;
    limit.cancel();
    this.#reloaded = undefined;
    if (outcome.ok) this.#drainMs = drainMs;
    this.#options.events.changed();
    return outcome;
  }

  /**
   * Drains the tier. When its process has not ended DRAIN_GRACE_MS after the drain deadline, kills the process.
   * Resolves when the process has ended. `replaced` says that another process serves on the tier's ports.
   */
  async drain(replaced = false): Promise<void> {
    this.#end();
    const handle = this.#handle;
    if (handle === undefined || handle.state === "gone") return;
    handle.drain(replaced);
    this.#options.events.changed();
    const limitMs = this.#drainMs + DRAIN_GRACE_MS;
    const limit = this.#options.clock.after(limitMs, () => {
      this.#options.events.notice(
        "warn",
        `${this.name} (pid ${handle.pid}) had not drained after ${limitMs / 1000} s; killed`,
      );
      handle.kill();
    });
    await handle.exited;
    limit.cancel();
    this.#options.events.changed();
  }

  /** Kills the process at once. */
  async kill(): Promise<void> {
    this.#end();
    this.#handle?.kill();
    await this.#handle?.exited;
  }

  #end(): void {
    this.#ending = true;
    this.#restart?.cancel();
  }

  #spawn(): ProcessHandle {
    const { command, clock, readyMs, events } = this.#options;
    this.#since = clock.wall();
    const onLine = (line: string): void => events.said(this, line);
    const onReloaded = (outcome: ReloadOutcome): void => this.#reloaded?.(outcome);
    const onSilent = (silent: boolean): void => {
      const words = silent ? "does not answer; it is left as it is" : "answers again";
      events.notice(silent ? "error" : "info", `${this.name} (pid ${this.pid}) ${words}`);
      events.changed();
    };
    const handle = new ProcessHandle({ command, clock, readyMs, onLine, onReloaded, onSilent });
    this.#handle = handle;
    events.changed();
    return handle;
  }

  #died(exit: Exit): void {
    if (this.#ending) return;
    const { events, clock } = this.#options;
    const delay = this.#policy.died();
    const when = delay === 0 ? "restarting now" : `next start in ${(delay / 1000).toFixed(1)} s`;
    const loop = this.#policy.crashLoop
      ? `CRASH LOOP, ${this.#policy.deaths} deaths in a row: `
      : "";
    events.notice(
      loop === "" ? "warn" : "error",
      `${loop}${this.name} (pid ${this.pid}) ${exit.code === 0 ? "ended" : "died"}: ${exit.words}; ${when}`,
      exit.code === 0 ? [] : this.lastLines,
    );
    events.changed();
    this.#restart = clock.after(delay, () => void this.#again(clock.now() - delay));
  }

  async #again(diedAt: number): Promise<void> {
    if (this.#ending) return;
    const { events, clock } = this.#options;
    this.#restarts += 1;
    const handle = this.#spawn();
    void handle.exited.then((exit) => this.#died(exit));
    if (!(await handle.ready)) return;
    this.#policy.ready();
    const seconds = ((clock.now() - diedAt) / 1000).toFixed(1);
    events.notice("info", `${this.name} is back (pid ${handle.pid}) after ${seconds} s`);
    events.changed();
  }
}
