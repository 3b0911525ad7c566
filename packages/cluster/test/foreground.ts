// Runs `tandem proxy` or `tandem serve` as a process, for tests. It listens on a free port.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Test } from "tap";
import { environment } from "./environment.ts";
import { eventually } from "./fake/run.ts";

export const TANDEM = fileURLToPath(new URL("../bin/tandem.ts", import.meta.url));

/** `folder` has to have a folder `tmp`. What the command leaves behind would be there, or in `state`. */
export const env = (folder: string) => ({
  ...environment(folder),
  TMPDIR: join(folder, "tmp"),
  XDG_STATE_HOME: join(folder, "state"),
});

/** Starts the command in `folder`. */
export function inForeground(
  t: Test,
  folder: string,
  command: "proxy" | "serve",
  ...words: readonly string[]
) {
  const args = [TANDEM, command, "--listen", "127.0.0.1:0", ...words];
  const child = spawn(process.execPath, args, {
    ...{ cwd: folder, env: env(folder), stdio: ["ignore", "pipe", "pipe"] },
  });
  t.teardown(() => child.kill("SIGKILL"));
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (said.out += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said.err += chunk));
  const exit = once(child, "close").then(([code]) => code as number | null);
  const tells = (words: RegExp): Promise<unknown> =>
    eventually(`it says ${words}`, () => words.test(said.out + said.err));
  const served = async (): Promise<string> => {
    await Promise.race([tells(/Ctrl-C finishes/), exit]);
    const [url] = /https?:\/\/[\d.]+:\d+/.exec(said.err) ?? [];
    if (url === undefined) throw new Error(said.err);
    return url;
  };
  return { folder, child, said, exit, tells, served, temporary: join(folder, "tmp") };
}

/** Returns the processes that `pid` has started. */
export const childrenOf = (pid: number | undefined): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);

/** Runs the command to its end. */
export const ranToEnd = (folder: string, command: "proxy" | "serve", ...words: readonly string[]) =>
  spawnSync(process.execPath, [TANDEM, command, ...words], {
    ...{ cwd: folder, env: env(folder), encoding: "utf8", timeout: 60_000 },
  });
