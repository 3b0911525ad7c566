// Runs the laboratory's command like a person would, as a process of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../bin/tandem-lab.ts", import.meta.url));

export const logs = (name: string): string =>
  fileURLToPath(new URL(`../logs/${name}.txt`, import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

interface Start {
  readonly input?: string | Buffer;
  readonly cwd?: string;
  /**
   * Whether the process runs without the code that the test runner adds to measure coverage. That code handles signals
   * and takes time.
   */
  readonly bare?: boolean;
  /** The script to run. Default: the laboratory's command. */
  readonly script?: string;
}

export function startLab(
  words: readonly string[],
  { input, cwd, bare = false, script = SCRIPT }: Start = {},
): Running {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const node = [process.execPath];
  const [file = "", ...before] = bare ? ["env", "-u", "NODE_OPTIONS", ...node] : node;
  const child = spawn(file, [...before, script, ...words], {
    env: { PATH, HOME, NODE_COMPILE_CACHE },
    ...(cwd !== undefined && { cwd }),
    stdio: "pipe",
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  // A command that refuses its arguments does not read its input, so writing the input may fail.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  child.on("error", reject);
  child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  return { child, outcome: promise };
}

export const lab = (...words: readonly string[]): Promise<Outcome> => startLab(words).outcome;

/** A scenario that takes only milliseconds to simulate. */
export const TINY = {
  name: "tiny",
  durationMs: 4_000,
  warmupMs: 500,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 300 } },
  service: { kind: "exponential", mean: 10 },
  servers: [{ count: 4 }, { count: 1, speed: 0.5 }],
  faults: [{ kind: "brown-out", servers: [0], atMs: 1_000, forMs: 1_000, factor: 5 }],
} as const;
