// What signals do to `tandem proxy` and `tandem serve`.
import { say } from "../cli/terminal.ts";
import { EXIT } from "../refusal.ts";
import type { RunningTier } from "./run-tier.ts";

/** Ends the tier at the first signal. The second one kills it, and exits. Returns a function that undoes this. */
export function endOnSignal(running: RunningTier): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (running.end() === "drains")
      say(`\n${signal}: finishing what runs (once more to stop at once)`);
    else process.exit(EXIT.interrupted);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const; // SIGHUP: the terminal was closed
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
