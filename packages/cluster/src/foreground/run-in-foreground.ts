// What `tandem proxy` and `tandem serve` do once their tier is started: say where it serves, show its traffic until a
// signal ends it, and sum up.
import { holdOpen } from "@tandem/transport";
import { say } from "../cli/terminal.ts";
import { endOnSignal } from "./end-on-signal.ts";
import { RunningTier, type TierOptions } from "./run-tier.ts";
import type { Traffic } from "./traffic.ts";

export interface ForegroundOptions extends Omit<TierOptions, "onOutput" | "onSilent"> {
  readonly traffic: Traffic;
  /** Returns the text for stderr. `port` is the port that the tier listens on; undefined = the scheme's own. */
  banner(port: number | undefined): string;
}

/** Resolves when a signal has ended the tier. Rejects with a CommandRefusal when the tier ended by itself. */
export async function runInForeground(options: ForegroundOptions): Promise<void> {
  const { traffic, banner, ...tier } = options;
  const release = holdOpen();
  const running = new RunningTier({
    ...tier,
    onOutput: (line) => traffic.line(line),
    onSilent: (silent) => traffic.silent(silent),
  });
  const off = endOnSignal(running);
  try {
    if (!(await running.ready())) return;
    const { port } = new URL(running.address);
    say(banner(port === "" ? undefined : Number(port)));
    traffic.show();
    await running.ended();
  } finally {
    off();
    release();
    traffic.summary();
  }
}
