// Describes an error from the operator's code (an application, an algorithm) for the author of that code: the message
// and the line. V8 writes both into `stack`. For an error that was thrown, the line is in the stack frames. For a
// syntax error, the place and an excerpt are above the message.
import { fileURLToPath } from "node:url";

/**
 * Returns two lines, such as `TypeError: x is not a function` and `  at /srv/app/index.ts:12:3`. For a syntax error,
 * the faulty line of the code follows. When the place is unknown, the second line is left out.
 */
export function describeThrown(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${JSON.stringify(error) ?? String(error)}`;
  const words = error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
  // The message already names the importing module, and all stack frames are in Node's loader. So
  // no place is added.
  if ("code" in error && error.code === "ERR_MODULE_NOT_FOUND") return words;
  const { place, excerpt } = unparsable(error.stack ?? "") ?? frame(error.stack ?? "");
  return [words, ...(place === undefined ? [] : [`  at ${place}`]), ...excerpt].join("\n");
}

interface Where {
  readonly place: string | undefined;
  /**
   * The faulty line of the code, and below it a line with a caret under the fault. Empty unless the
   * error is a syntax error.
   */
  readonly excerpt: readonly string[];
}

function unparsable(stack: string): Where | undefined {
  const [first = "", ...rest] = stack.split("\n");
  if (!/^(?:file:\/\/)?\/.*:\d+$/.test(first)) return undefined;
  const caret = rest.findIndex((line) => /^\s*\^+\s*$/.test(line));
  const lines = rest.slice(Math.max(0, caret - 1), caret + 1);
  return { place: plainPath(first), excerpt: lines.map((line) => `    ${line}`) };
}

/**
 * Returns the place of the first stack frame in the operator's own code, which is outside node_modules. When there is
 * no such frame, returns the place of the first frame that is not in Node's own code.
 */
function frame(stack: string): Where {
  const places = stack
    .split("\n")
    .flatMap(
      (line) => /^ +at (?:.*[( ])?((?:file:\/\/)?\/[^()]+:\d+:\d+)\)?$/.exec(line)?.[1] ?? [],
    );
  const own = places.find((place) => !place.includes("/node_modules/")) ?? places[0];
  return { place: own === undefined ? undefined : plainPath(own), excerpt: [] };
}

function plainPath(place: string): string {
  const [, path = place, position = ""] = /^(.*?)((?::\d+)+)$/.exec(place) ?? [];
  return path.startsWith("file:") ? fileURLToPath(path.replace(/\?.*$/, "")) + position : place;
}
