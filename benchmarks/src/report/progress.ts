// The progress of a run: in a terminal one line that is overwritten, elsewhere a line per step.
const began = performance.now();
const terminal = process.stderr.isTTY;
/** Where lines are kept, a value that changes all the time is written only this often. */
const SELDOM_MS = 30_000;
let saidAt = Number.NEGATIVE_INFINITY;

export function progress(text: string): void {
  saidAt = performance.now();
  const line = `${((saidAt - began) / 1000).toFixed(0).padStart(4)} s  ${text}`;
  process.stderr.write(terminal ? `\r\x1b[2K${line}` : `${line}\n`);
}

/** For progress that is reported many times a second. */
export function progressSeldom(text: string): void {
  if (terminal || performance.now() - saidAt >= SELDOM_MS) progress(text);
}

/** Erases the progress line. */
export function progressEnd(): void {
  if (terminal) process.stderr.write("\r\x1b[2K");
}
