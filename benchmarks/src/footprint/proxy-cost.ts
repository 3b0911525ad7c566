// Measures a proxy with one route: the time from its start to its first answer, and its memory while it is idle.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../process/free-port.ts";
import { Started } from "../process/started.ts";
import { type Memory, memoryOfTree } from "../process/usage.ts";
import type { Bench } from "../run/bench-setup.ts";
import { answers } from "../run/running-peer.ts";
import { median } from "../run/statistics.ts";
import type { Program } from "./program.ts";

export interface ProxyCost {
  readonly firstAnswerSeconds: number;
  readonly idle: Memory;
}

const STARTS_WITHIN_MS = 30_000;
/** How often the proxy is asked until it answers. It is the error of the time to the first answer. */
const ASK_EVERY_MS = 3;
/** How long the proxy rests before its memory is read, so that what the start leaves behind can be collected. */
const REST_MS = 3_000;

/** Starts the proxy so many times, and returns the median of each figure. */
export async function proxyCost(program: Program, bench: Bench, times: number): Promise<ProxyCost> {
  const runs: ProxyCost[] = [];
  for (let i = 0; i < times; i++) runs.push(await once(program, bench));
  return {
    firstAnswerSeconds: median(runs.map((run) => run.firstAnswerSeconds)),
    idle: {
      rss: median(runs.map((run) => run.idle.rss)),
      pss: median(runs.map((run) => run.idle.pss)),
    },
  };
}

async function once({ name, proxy }: Program, bench: Bench): Promise<ProxyCost> {
  const port = await freePort();
  const directory = join(bench.directory, `footprint-${port}`);
  await mkdir(directory);
  const { originPort, descriptors } = bench;
  const setup = { port, originPort, directory, maxDescriptors: descriptors.limit };
  const { command, env = {}, files = {} } = proxy(setup);
  for (const [file, text] of Object.entries(files)) await writeFile(join(directory, file), text);
  const began = performance.now();
  await using started = await Started.start(command, { env, cwd: directory, quiet: true });
  while (!(await answers(port, false))) {
    if (started.ended || performance.now() - began > STARTS_WITHIN_MS)
      throw new Error(`${name} did not answer. ${started.complaint}`);
    await sleep(ASK_EVERY_MS);
  }
  const firstAnswerSeconds = (performance.now() - began) / 1000;
  await sleep(REST_MS);
  return { firstAnswerSeconds, idle: memoryOfTree(started.pid) };
}
