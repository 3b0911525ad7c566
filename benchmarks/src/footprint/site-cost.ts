// Measures the demonstration: www.foobar.com with both boxes on this machine, as `npm start` runs it.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../process/free-port.ts";
import { searchPath } from "../process/on-path.ts";
import { Started } from "../process/started.ts";
import { type Memory, memoryOfTree } from "../process/usage.ts";
import type { Bench } from "../run/bench-setup.ts";
import { commandCost } from "./command-cost.ts";
import { ROOT } from "./program.ts";

export interface SiteCost {
  /** The memory of all processes of the site, while it is idle. */
  readonly idle: Memory;
  /** The CPU time of one `tandem status`. */
  readonly statusCpuSeconds: number;
}

const EXAMPLE = join(ROOT, "examples/www.foobar.com");
const HEALTHY_WITHIN_MS = 60_000;
const REST_MS = 3_000;

/** Runs the site with `tandem`, the command to which the words of a command line are added. */
export async function siteCost(
  tandem: readonly string[],
  bench: Bench,
  times: number,
): Promise<SiteCost> {
  const directory = join(bench.directory, `site-${await freePort()}`);
  mkdirSync(directory);
  const config = join(directory, "tandem.yaml");
  writeFileSync(config, await givenConfig(directory));
  const options = { cwd: directory, env: { PATH: searchPath(), HOME: directory } };
  const words = (word: string) => [...tandem, word, "--config", config];
  const [program = "", ...args] = words("prepare");
  const prepared = spawnSync(program, args, { ...options, encoding: "utf8" });
  if (prepared.status !== 0) throw new Error(`tandem prepare: ${prepared.stderr}`);
  await using started = await Started.start(words("up"), { cwd: directory, quiet: true });
  const began = performance.now();
  const [status = "", ...statusArgs] = words("status");
  while (spawnSync(status, statusArgs, options).status !== 0) {
    if (started.ended || performance.now() - began > HEALTHY_WITHIN_MS)
      throw new Error(`the site did not become healthy. ${started.complaint}`);
    await sleep(200);
  }
  await sleep(REST_MS);
  const idle = memoryOfTree(started.pid);
  return { idle, statusCpuSeconds: commandCost(words("status"), times).cpuSeconds };
}

/** Returns the example's configuration with free ports, and with its state in `directory`. */
async function givenConfig(directory: string): Promise<string> {
  let text = readFileSync(join(EXAMPLE, "tandem.yaml"), "utf8");
  for (const port of new Set(text.match(/\b8[0-9]{3}\b/g)))
    text = text.replaceAll(new RegExp(`\\b${port}\\b`, "g"), String(await freePort()));
  return text
    .replaceAll(".tandem", join(directory, "state"))
    .replaceAll(/\b(root|app|assets): (static|app)\b/g, (_, key: string, path: string) => {
      return `${key}: ${join(EXAMPLE, path)}`;
    });
}
