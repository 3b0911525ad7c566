// Says how long a command has still to go, judged by what it has done so far.
import { systemClock } from "@tandem/transport";

/** Before this much time little is known. */
const SOON_MS = 2_000;

/**
 * Starts a clock and returns a function that says, for the share of the work that is done, the time left: ", about 3 min
 * left". Empty as long as that cannot be told.
 */
export function timeLeft(now: () => number = systemClock.now): (share: number) => string {
  const began = now();
  return (share) => {
    const elapsed = now() - began;
    if (elapsed < SOON_MS || !(share > 0.01) || share >= 1) return "";
    return `, about ${durationText((elapsed * (1 - share)) / share)} left`;
  };
}

/** Returns a duration in its largest fitting unit: "45 s", "12 min", "3.5 h". */
function durationText(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  if (seconds < 6_000) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
