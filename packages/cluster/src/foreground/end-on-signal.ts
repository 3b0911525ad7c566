// What signals do to `tandem proxy` and `tandem serve`.
import { say } from "../cli/terminal.ts";
import { EXIT } from "../refusal.ts";
import { startedByNohup } from "./nohup.ts";
import type { RunningTier } from "./run-tier.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Ends the tier at the first signal. The second one kills it, and exits. SIGHUP, which the system sends when the terminal
 * is closed, ends nothing below nohup. Returns a function that undoes this.
 */
export function endOnSignal(running: RunningTier): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (running.end() === "drains")
      say(`\n${signal}: finishing what runs (once more to stop at once)`);
    else process.exit(EXIT.interrupted);
  };
  const onHangUp = startedByNohup()
    ? () => say("SIGHUP: goes on, because nohup started it (SIGTERM ends it)")
    : onSignal;
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on("SIGHUP", onHangUp);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off("SIGHUP", onHangUp);
  };
}
