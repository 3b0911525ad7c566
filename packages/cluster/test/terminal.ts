// Runs `tandem` for a test, without a terminal or on one. The program script (Debian: bsdutils) makes the terminal.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { shellWord } from "../src/shell-word.ts";
import { environment } from "./environment.ts";

const TANDEM = fileURLToPath(new URL("../bin/tandem.ts", import.meta.url));

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command line without a terminal. */
export function tandem(words: readonly string[], { cwd = "/", env = {} }: RunOptions = {}) {
  return spawnSync(process.execPath, [TANDEM, ...words], {
    ...{ cwd, encoding: "utf8", timeout: 60_000, input: "" },
    env: { ...environment(cwd), ...env },
  });
}

export const hasTerminals = spawnSync("script", ["--version"]).error === undefined;

/** Returns the command that runs a command line of `tandem` on a terminal of 80 columns. */
export function onTerminal(words: readonly string[]): readonly [string, readonly string[]] {
  const line = [process.execPath, TANDEM, ...words].map(shellWord).join(" ");
  return ["script", ["-qec", `stty cols 80 rows 40; exec ${line}`, "/dev/null"]];
}

/** Runs a command line on a terminal. `stdout` is what the terminal shows. */
export function tandemOnTerminal(
  words: readonly string[],
  { cwd = "/", env = {} }: RunOptions = {},
) {
  const [file, args] = onTerminal(words);
  return spawnSync(file, args, {
    ...{ cwd, encoding: "utf8", timeout: 60_000, input: "" },
    env: { ...environment(cwd), TERM: "xterm", ...env },
  });
}
