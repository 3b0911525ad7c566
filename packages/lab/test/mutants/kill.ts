// Runs suites with a mutant planted, until one notices it. A part that runs for much longer than without a mutant counts
// as noticing it: a fault that makes a loop endless is found by waiting.
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Mutant } from "./mutant.ts";
import { VARIABLE } from "./plant.ts";
import type { Suite } from "./suites.ts";

const PLANT = fileURLToPath(new URL("plant.ts", import.meta.url));
/** A part may take this many times as long as without a mutant, and the seconds besides. */
const SLOWER = 5;
const PATIENCE_S = 30;
/** Megabytes. A mutant that collects without end is to fail before the machine does. */
const MOST_MEMORY = 1536;

export interface Part {
  readonly name: string;
  readonly seconds: number;
}

export interface SuiteRun {
  /** The part that noticed the mutant; undefined when none did. */
  readonly noticed: string | undefined;
  readonly timedOut: boolean;
  /** The parts that ran to their end. */
  readonly done: readonly Part[];
  /** The end of what the process wrote, for a person. */
  readonly output: string;
}

export interface Running {
  readonly root: string;
  /** How long a part takes without a mutant; undefined when that is not known. */
  readonly usual: (part: string) => number | undefined;
  /** Aborted to stop at once, with the child. */
  readonly signal?: AbortSignal;
}

/** Runs one suite in a process of its own. Without a mutant it runs the source as it is. */
export function runSuite(
  suite: Suite,
  mutant: Mutant | undefined,
  { root, usual, signal }: Running,
): Promise<SuiteRun> {
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${MOST_MEMORY}`, "--import", PLANT, suite.script, ...suite.args],
    {
      cwd: root,
      env: environment(mutant),
      stdio: ["ignore", "pipe", "pipe"],
      ...(signal && { signal, killSignal: "SIGKILL" as const }),
    },
  );
  return followed(child, suite, usual);
}

function environment(mutant: Mutant | undefined): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return {
    PATH,
    HOME,
    TAP_BAIL: "1",
    TAP_TIMEOUT: "0",
    ...(mutant && { [VARIABLE]: JSON.stringify(mutant) }),
  };
}

function followed(child: ChildProcess, suite: Suite, usual: Running["usual"]): Promise<SuiteRun> {
  const done: Part[] = [];
  let output = "";
  let timedOut = false;
  let began = performance.now();
  const current = () => suite.parts[done.length] ?? suite.script;
  const giveUp = () => {
    timedOut = true;
    child.kill("SIGKILL");
  };
  const limitMs = () => 1000 * (PATIENCE_S + SLOWER * (usual(current()) ?? 2 * PATIENCE_S));
  let timer = setTimeout(giveUp, limitMs());
  const finish = () => {
    done.push({ name: current(), seconds: (performance.now() - began) / 1000 });
    began = performance.now();
    clearTimeout(timer);
    timer = setTimeout(giveUp, limitMs());
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(-4000);
    if (suite.args.length > 0) for (const _ of text.matchAll(/^\S+ holds /gm)) finish();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      const noticed = code === 0 ? undefined : current();
      if (code === 0 && suite.args.length === 0) finish();
      clearTimeout(timer);
      resolve({ noticed, timedOut, done, output });
    });
  });
}
