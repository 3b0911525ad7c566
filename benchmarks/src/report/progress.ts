// Where a run is: one line that is written over in a terminal, a line per step elsewhere.
const began = performance.now();
const terminal = process.stderr.isTTY;
/** Where lines are kept, what changes all the time is worth one so often. */
const SELDOM_MS = 30_000;
let saidAt = Number.NEGATIVE_INFINITY;

export function progress(text: string): void {
  saidAt = performance.now();
  const line = `${((saidAt - began) / 1000).toFixed(0).padStart(4)} s  ${text}`;
  process.stderr.write(terminal ? `\r\x1b[2K${line}` : `${line}\n`);
}

/** For what is said many times a second. */
export function progressSeldom(text: string): void {
  if (terminal || performance.now() - saidAt >= SELDOM_MS) progress(text);
}

/** Leaves a clean line behind. */
export function progressEnd(): void {
  if (terminal) process.stderr.write("\r\x1b[2K");
}
