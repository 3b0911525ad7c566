// Finds what the configuration schema says against an answer, so that it is told at the question or the flag, and not
// as a fault of a line that was not written yet.
import { ConfigError, parseConfig } from "@tandem/config";
import { CommandRefusal, EXIT } from "../refusal.ts";
import { fileText } from "./file.ts";
import { type DEFAULTS, type Wanted, type Words, wantedOf } from "./wanted.ts";

/** Validates the text of the file, for each of its boxes. Throws a ConfigError. */
export function validate(text: string, file: string): void {
  const { cluster } = parseConfig(text, file);
  for (const box of Object.keys(cluster.boxes)) parseConfig(text, file, { box });
}

/** An answer is checked in a file that has besides it only what it needs. */
const AROUND: Readonly<Record<keyof typeof DEFAULTS, Words>> = {
  site: {},
  boxes: {},
  addresses: { boxes: "two", app: "app", database: "mysql://host/name" },
  app: { static: "static" },
  database: { app: "app" },
  static: {},
};

/** Returns why the word cannot be the answer for the flag; undefined when it can. */
export function faultOf(
  flag: keyof typeof DEFAULTS,
  word: string,
  out: string,
): string | undefined {
  try {
    const wanted = wantedOf({ ...AROUND[flag], [flag]: word }, out);
    validate(fileText(wanted), out);
    return undefined;
  } catch (error) {
    if (error instanceof CommandRefusal) return error.message;
    if (!(error instanceof ConfigError)) throw error;
    const [problem] = error.problems;
    return `--${flag}: ${problem?.message ?? "not valid"}${problem?.suggestion === undefined ? "" : `; did you mean '${problem.suggestion}'?`}`;
  }
}

/** Returns the site that the words describe. Throws a CommandRefusal that names the flag of a wrong answer. */
export function checked(words: Words, out: string): Wanted {
  const wanted = wantedOf(words, out);
  for (const flag of Object.keys(AROUND) as (keyof typeof AROUND)[]) {
    const word = words[flag];
    const fault = word === undefined ? undefined : faultOf(flag, word, out);
    if (fault !== undefined) throw new CommandRefusal(fault, EXIT.config);
  }
  return wanted;
}
