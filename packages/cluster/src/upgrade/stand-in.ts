// The old `tandem up` after an upgrade, where the terminal, container or script that started it watches its process. It
// stays as a stand-in for the new one: it passes signals on, and ends when the new one has ended. systemd is told the new
// process instead, so nothing stays there.
import { type Clock, pause } from "@tandem/transport";
import { alive, readRun } from "../run-file.ts";

const LOOK_MS = 200;

/** A box of the site. Its run file names the supervisor, also after further upgrades. */
export interface Stood {
  readonly state: string;
  readonly box: string;
}

/** Resolves when the last supervisor of the box has ended: to true when it ended in a planned way. */
export async function standIn({ state, box }: Stood, clock: Clock): Promise<boolean> {
  for (;;) {
    const run = readRun(state, box);
    if (run === undefined) return true; // released
    if (!alive(run)) return readRun(state, box) === undefined;
    await pause(clock, LOOK_MS);
  }
}

/** Passes a signal to the box's supervisor. A supervisor without a terminal is asked to end by SIGTERM. */
export function passOn({ state, box }: Stood, signal: NodeJS.Signals): void {
  const run = readRun(state, box);
  if (run === undefined || run.pid === process.pid || !alive(run)) return;
  process.kill(run.pid, signal === "SIGINT" ? "SIGTERM" : signal);
}
