// Shows the progress of a run: in a terminal as one line that is overwritten, elsewhere as a line per step.
const began = performance.now();
const terminal = process.stderr.isTTY;
/** How many milliseconds `progressSeldom` waits between two lines when stderr is not a terminal. */
const SELDOM_MS = 30_000;
let saidAt = Number.NEGATIVE_INFINITY;

export function progress(text: string): void {
  saidAt = performance.now();
  const line = `${((saidAt - began) / 1000).toFixed(0).padStart(4)} s  ${text}`;
  process.stderr.write(terminal ? `\r\x1b[2K${line}` : `${line}\n`);
}

/** Like `progress`, for a value that changes many times a second. Without a terminal most changes are left out. */
export function progressSeldom(text: string): void {
  if (terminal || performance.now() - saidAt >= SELDOM_MS) progress(text);
}

/** Erases the progress line. */
export function progressEnd(): void {
  if (terminal) process.stderr.write("\r\x1b[2K");
}
