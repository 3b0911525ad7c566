// Describes an error from the operator's code (an application, an algorithm) for the author of that code: the message
// and the line. V8 writes both into `stack`. For an error that was thrown, the line is in the frames; for a syntax
// error, the place and an excerpt are above the message.
import { fileURLToPath } from "node:url";

/**
 * Returns a text such as `TypeError: x is not a function`, then `  at /srv/app/index.ts:12:3`. For a syntax error, the
 * faulty line of the code follows.
 */
export function thrown(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${JSON.stringify(error) ?? String(error)}`;
  const words = error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
  // The message already names the module that imports, and the frames are only in Node's loader.
  if ("code" in error && error.code === "ERR_MODULE_NOT_FOUND") return words;
  const { place, excerpt } = unparsable(error.stack ?? "") ?? frame(error.stack ?? "");
  return [words, ...(place === undefined ? [] : [`  at ${place}`]), ...excerpt].join("\n");
}

interface Where {
  readonly place: string | undefined;
  /** The faulty line, and below it a caret under the fault. */
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
 * Returns the first frame in the operator's own code. If there is none, returns the first frame that is not in Node.
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
