// Finds the versions of the programs and packages that are measured.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onPath } from "../process/on-path.ts";

/** Returns the first text that looks like a version in what `program` prints about itself. */
export function programVersion(program: string, ...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(onPath(program) ?? program, args, { encoding: "utf8" });
  return /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? "?";
}

/** Returns why a program that comes from Debian cannot be measured; undefined when it can. */
export function missingProgram(program: string): string | undefined {
  return onPath(program) === undefined
    ? `${program} is not installed; npm run bench -- --install brings it`
    : undefined;
}

/** Returns the version of an npm package on which this package depends. */
export function packageVersion(name: string): string {
  // Some packages do not export their package.json, so the file is looked for in the folders above the entry.
  for (let folder = dirname(fileURLToPath(import.meta.resolve(name))); ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) {
      const found = JSON.parse(readFileSync(file, "utf8")) as { name?: string; version?: string };
      if (found.name === name) return found.version ?? "?";
    }
    if (folder === dirname(folder)) return "?";
  }
}
