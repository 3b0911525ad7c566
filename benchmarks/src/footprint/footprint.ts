// `npm run bench -- --footprint`: what Tandem costs before it does anything, beside the proxies that people use instead.
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { progress, progressEnd } from "../report/progress.ts";
import { setUpBench } from "../run/bench-setup.ts";
import { commandCost } from "./command-cost.ts";
import { footprintTable } from "./footprint-table.ts";
import { PROGRAMS, type Program } from "./program.ts";
import { proxyCost } from "./proxy-cost.ts";
import type { Footprint } from "./result.ts";
import { siteCost } from "./site-cost.ts";

export interface FootprintOptions {
  /** Measurements of each figure; the median counts. */
  readonly times: number;
  readonly json?: string | undefined;
}

/** Measures every program that is here, one after the other, and prints the table. Returns the exit code. */
export async function footprint({ times, json }: FootprintOptions): Promise<number> {
  await using bench = await setUpBench();
  const found: Footprint[] = [];
  for (const program of PROGRAMS) {
    const why = program.missing();
    if (why !== undefined) {
      console.log(`Without ${program.name}: ${why}.`);
      continue;
    }
    const { name, help, version, tandem, installed } = program;
    progress(`${name}: commands`);
    const commands = { help: commandCost(help, times), version: commandCost(version, times) };
    progress(`${name}: proxy`);
    const proxy = await proxyCost(program, bench, times);
    progress(`${name}: site`);
    const site = tandem && (await siteCost(tandem, bench, times));
    const installedBytes = installed && sizeOf(installed);
    found.push({ program: name, ...commands, proxy, site, installedBytes });
  }
  progressEnd();
  console.log(footprintTable(found).join("\n"));
  if (json !== undefined) await writeFile(json, `${JSON.stringify(found, undefined, 2)}\n`);
  return 0;
}

/** Returns the bytes on the disk of files and folders, as du counts them: hard links to one file count once. */
function sizeOf(paths: NonNullable<Program["installed"]>): number {
  const du = spawnSync("du", ["-scB1", "--", ...paths], { encoding: "utf8" });
  return Number(du.stdout.trim().split("\n").at(-1)?.split("\t")[0]);
}
