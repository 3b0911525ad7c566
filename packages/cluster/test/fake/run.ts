// Runs `tandem` with fake tiers, as a process that a test starts, waits for and reads.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Test } from "tap";
import { environment } from "../environment.ts";

const TANDEM = fileURLToPath(new URL("tandem.ts", import.meta.url));

export const YAML = `
site: www.example.test
balancer:
  drain: 1s
  frontends: { http: { bind: "127.0.0.1:18080", routes: [{ backend: web }] } }
  backends: { web: { servers: { box1: { address: "127.0.0.1:18081" } } } }
webserver:
  drain: 100ms
  upstream: { servers: { box1: { address: "127.0.0.1:18091" } } }
appserver: { app: app, database: { url: "sqlite:x.db" }, drain: 1s }
cluster:
  boxes:
    box1: { balancer: true, webserver: { bind: "127.0.0.1:18081" }, appserver: { bind: "127.0.0.1:18091" } }
telemetry: { log: { directory: logs } }
`;

export interface Run {
  readonly folder: string;
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  out(): string;
  err(): string;
  events(): string[][];
  tiers(): readonly {
    tier: string;
    pid: number;
    state: string;
    restarts: number;
    addresses: readonly string[];
  }[];
}

/**
 * After how many milliseconds of waiting a test fails. The limit is high, because a busy machine takes seconds to start
 * four processes that record coverage.
 */
const STUCK_MS = 60_000;

/** Polls until `look` returns a value. After `STUCK_MS` the test fails with the message `what`. */
export async function eventually<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const end = performance.now() + STUCK_MS;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`not within ${STUCK_MS} ms: ${what}`);
    await sleep(20);
  }
}

export const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

export function command(folder: string, ...words: string[]): Omit<Run, "events" | "tiers"> {
  const child = spawn(process.execPath, [TANDEM, ...words], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment(folder), FAKE_DIR: folder },
  });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { folder, child, exit, out: () => out, err: () => err };
}

export function up(test: Test, behaviours: Readonly<Record<string, string>> = {}): Run {
  const folder = test.testdir({ "tandem.yaml": YAML, ...behaviours });
  const base = command(folder, "up");
  const events = (): string[][] =>
    existsSync(join(folder, "events"))
      ? readFileSync(join(folder, "events"), "utf8")
          .trim()
          .split("\n")
          .map((line) => line.split(" "))
      : [];
  const tiers = (): Run["tiers"] extends () => infer R ? R : never => {
    const file = join(folder, ".tandem/run/up-box1.json");
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).tiers : [];
  };
  test.teardown(async () => {
    base.child.kill("SIGKILL");
    for (const [, , pid] of events()) if (exists(Number(pid))) process.kill(Number(pid), "SIGKILL");
    await base.exit;
  });
  return { ...base, events, tiers };
}

export const running = (run: Run): Promise<unknown> =>
  eventually("the summary", () => run.out().includes("stop  ") || undefined);
/**
 * Waits until the output of `up` matches `words`. Output comes through a pipe, so it arrives in pieces, and later than
 * files that `up` writes.
 */
export const told = (run: Run, words: RegExp): Promise<unknown> =>
  eventually(`stderr has ${words}`, () => words.test(run.err()));
