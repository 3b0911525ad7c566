// Where a run is: one line that is written over in a terminal, a line per step elsewhere.
const began = performance.now();
const terminal = process.stderr.isTTY;

export function progress(text: string): void {
  const line = `${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`;
  process.stderr.write(terminal ? `\r\x1b[2K${line}` : `${line}\n`);
}

/** Leaves a clean line behind. */
export function progressEnd(): void {
  if (terminal) process.stderr.write("\r\x1b[2K");
}
