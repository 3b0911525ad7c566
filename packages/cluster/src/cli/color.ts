// Whether a command writes in colour. Colour is used on a terminal, or anywhere with FORCE_COLOR=1, but never when
// NO_COLOR (https://no-color.org) is set.
import picocolors from "picocolors";

/** Whether output to `stream` should be coloured. */
export function colored(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  return FORCE_COLOR === "1" || (stream.isTTY === true && TERM !== "dumb");
}

/**
 * Returns functions that colour text for `stream`. They leave the text unchanged where output should not be coloured.
 */
export function palette(
  stream: NodeJS.WriteStream = process.stdout,
): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(colored(stream));
}
