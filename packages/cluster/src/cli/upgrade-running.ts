// Carries out an upgrade in the supervisor that is to be replaced: starts the program that lies on the disk now as a
// second supervisor on the same ports, leaves its place to it when it is ready, and then drains. Until then nothing here
// changes, so a new program that fails costs no request.
import { systemClock } from "@tandem/transport";
import type { Command } from "../executables.ts";
import { Successor, versionOf } from "../upgrade/successor.ts";
import type { SiteOptions } from "./options.ts";
import type { RunLocks } from "./run-locks.ts";

export interface UpgradeOptions {
  readonly options: SiteOptions;
  readonly command: Command;
  /** The variables with which the new supervisor finds the service manager. */
  readonly heir: NodeJS.ProcessEnv;
  readonly locks: RunLocks;
  /** Resolves when no reload runs. */
  readonly settled: () => Promise<unknown>;
  /** Called with what an operator should know. */
  readonly tell: (ok: boolean, words: readonly string[]) => void;
}

export class RunningUpgrade {
  readonly #options: UpgradeOptions;
  readonly #over = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #successor: Successor | undefined;
  #cancelled = false;
  #done = false;

  constructor(options: UpgradeOptions) {
    this.#options = options;
  }

  /** Resolves when another supervisor has taken the place of this one. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Whether another supervisor has taken the place of this one. */
  get done(): boolean {
    return this.#done;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  /** Begins an upgrade. A call while one runs has no effect: the outcome of that one is the answer. */
  ask(): void {
    if (this.#done || this.#cancelled) return;
    this.#running ??= this.#upgrade().finally(() => {
      this.#running = undefined;
    });
  }

  /** Says that there will be no upgrade, and why. */
  refuse(why: string): void {
    this.#failed(why);
  }

  /** Ends the new supervisor, because this one ends. Resolves when the new one has ended. */
  async cancel(): Promise<void> {
    this.#cancelled = true;
    if (!this.#done) await this.#successor?.cancel();
  }

  /** Kills the new supervisor, unless it has taken over. */
  kill(): void {
    if (!this.#done) this.#successor?.kill();
  }

  async #upgrade(): Promise<void> {
    const { locks, tell, settled } = this.#options;
    const from = systemClock.now();
    try {
      await settled();
      const command = this.#command();
      const version = await versionOf(this.#options.command);
      if (this.#cancelled) throw new Error("this process ends");
      const successor = new Successor({ command, clock: systemClock });
      this.#successor = successor;
      await successor.ready();
      locks.lend();
      await successor.take();
      this.#done = true;
      locks.give();
      successor.letGo();
      const seconds = ((systemClock.now() - from) / 1000).toFixed(1);
      tell(true, [
        `upgraded to ${version}: process ${successor.pid} took over after ${seconds} s; this one drains`,
      ]);
      this.#over.resolve();
    } catch (error) {
      locks.reclaim();
      this.#failed(error instanceof Error ? error.message : String(error));
    } finally {
      this.#successor = undefined;
    }
  }

  #command(): Command {
    const { command, heir, options } = this.#options;
    const box = options.box === undefined ? [] : ["--box", options.box];
    const args = [...command.args, "up", "--config", options.config, ...box];
    return { ...command, args, env: { ...process.env, ...heir } };
  }

  #failed(why: string): void {
    const [first = "", ...more] = why.split("\n");
    const words = [`not upgraded, everything goes on as it was: ${first}`, ...more];
    this.#options.tell(false, words);
    this.#options.locks.notUpgraded(words);
  }
}
