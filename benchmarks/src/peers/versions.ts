// Versions of the programs and packages that are measured.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onPath } from "../process/on-path.ts";

/** The first thing that looks like a version in what `program` prints about itself. */
export function programVersion(program: string, ...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(onPath(program) ?? program, args, { encoding: "utf8" });
  return /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? "?";
}

/** Why a program that comes from Debian cannot be measured. */
export function missingProgram(program: string): string | undefined {
  return onPath(program) === undefined
    ? `${program} is not installed; npm run bench -- --install brings it`
    : undefined;
}

/** The version of an npm package this one depends on. */
export function packageVersion(name: string): string {
  // Some packages do not export their package.json, so it is looked for upwards.
  for (let folder = dirname(fileURLToPath(import.meta.resolve(name))); ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) {
      const found = JSON.parse(readFileSync(file, "utf8")) as { name?: string; version?: string };
      if (found.name === name) return found.version ?? "?";
    }
    if (folder === dirname(folder)) return "?";
  }
}
