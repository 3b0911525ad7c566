// What a supervisor does at each signal: SIGINT and SIGTERM end it, SIGHUP reloads, SIGUSR2 upgrades. When another
// supervisor has taken its place, it passes them on.
import { closeSync, openSync } from "node:fs";
import type { Logger } from "@tandem/telemetry";
import { palette } from "@tandem/telemetry/colors";
import { type ServiceManager, systemClock } from "@tandem/transport";
import { startedByNohup } from "../foreground/nohup.ts";
import { EXIT } from "../refusal.ts";
import type { Supervisor } from "../supervisor.ts";
import type { Predecessor } from "../upgrade/predecessor.ts";
import { passOn, type Stood } from "../upgrade/stand-in.ts";
import type { RunningReload } from "./reload-running.ts";
import type { RunLocks } from "./run-locks.ts";
import { say } from "./terminal.ts";
import type { RunningUpgrade } from "./upgrade-running.ts";

export interface Ending {
  /** Whether a signal asked the supervisor to end. */
  readonly asked: () => boolean;
  /** Asks the supervisor to end, as if `signal` had come. */
  readonly ask: (signal: NodeJS.Signals) => void;
  /** Resolves when every child has ended after a request to end. */
  readonly finished: Promise<void>;
}

export interface Ended {
  readonly supervisor: Supervisor;
  readonly manager: ServiceManager;
  readonly upgrade: RunningUpgrade;
  readonly predecessor: Predecessor | undefined;
  readonly stood: Stood;
  readonly locks: RunLocks;
}

export function endOnSignal(ended: Ended): Ending {
  const { supervisor, manager, upgrade, predecessor, stood, locks } = ended;
  let asked = false;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const kill = async (): Promise<never> => {
    upgrade.kill();
    await supervisor.stop();
    locks.release();
    process.exit(EXIT.interrupted);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (upgrade.done) passOn(stood, signal);
    if (asked) {
      say(`${signal} again: killing what is left`);
      void kill();
      return;
    }
    asked = true;
    if (upgrade.done) return;
    manager.stopping();
    say(`\n${signal}: draining (once more to kill)`);
    const from = systemClock.now();
    const last = (): void => say(`all stopped after ${seconds(systemClock.now() - from)} s`);
    // The tiers of a supervisor that has not taken over yet leave the ports to those of the old one.
    const replaced = predecessor !== undefined && !predecessor.tookOver;
    Promise.all([supervisor.drain(replaced), upgrade.cancel()])
      .then(last)
      .then(resolve, reject);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  return { asked: () => asked, ask: onSignal, finished: promise };
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

/**
 * Upgrades at SIGUSR2. Returns the function to call when the supervisor has started; an upgrade that is asked for earlier
 * is refused.
 */
export function upgradeOnSignal(upgrade: RunningUpgrade, ending: Ending, stood: Stood): () => void {
  let started = false;
  process.on("SIGUSR2", () => {
    if (upgrade.done) passOn(stood, "SIGUSR2");
    else if (ending.asked()) upgrade.refuse("it is draining, to end");
    else if (!started) upgrade.refuse("it is still starting; try again when it is ready");
    else upgrade.ask();
  });
  return () => {
    started = true;
  };
}

export interface ReloadSignal {
  readonly reload: RunningReload;
  readonly ending: Ending;
  readonly upgrade: RunningUpgrade;
  readonly logger: Logger;
  readonly manager: ServiceManager;
  readonly locks: RunLocks;
  readonly stood: Stood;
}

const DURING_UPGRADE =
  "not reloaded: an upgrade is running, and the new processes may have read the file already; reload again when it is over";

/**
 * Reloads at SIGHUP. But the system also sends SIGHUP when the supervisor's terminal is closed. When the terminal is
 * gone, the supervisor is therefore asked to end instead, unless nohup has started it.
 */
export function reloadOnSignal(options: ReloadSignal): void {
  const { reload, ending, upgrade, logger, manager, locks, stood } = options;
  const hadTerminal = hasTerminal() && !startedByNohup();
  process.on("SIGHUP", async () => {
    if (hadTerminal && !hasTerminal()) {
      ending.ask(upgrade.done ? "SIGTERM" : "SIGHUP"); // a new supervisor reloads at SIGHUP
      return;
    }
    if (upgrade.done) passOn(stood, "SIGHUP");
    if (upgrade.done || ending.asked()) return;
    manager.reloading();
    const outcome = upgrade.running ? { ok: false, words: [DURING_UPGRADE] } : await reload.ask();
    manager.ready(outcome.words.join("; "));
    const { green, red } = palette(process.stderr);
    for (const words of outcome.words) say(outcome.ok ? green(words) : red(words));
    logger[outcome.ok ? "info" : "error"]({ words: outcome.words }, "reload");
    locks.reloaded(outcome);
  });
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
