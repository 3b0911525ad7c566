// The repository that is built: its folder and its revision.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** Returns a path in the repository. */
export function root(...parts: readonly string[]): string {
  return join(ROOT, ...parts);
}

/** Returns a path in the folder that gets what is built. Git ignores the folder. */
export function dist(...parts: readonly string[]): string {
  return root("distribution/dist", ...parts);
}

/** Returns the first twelve digits of the commit, with `-dirty` when tracked files have changes. */
export function revision(): string {
  const git = (...args: readonly string[]) =>
    spawnSync("git", args, { cwd: ROOT, encoding: "utf8" });
  const head = git("rev-parse", "--short=12", "HEAD");
  if (head.status !== 0) return "unknown revision";
  const changed = git("status", "--porcelain", "--untracked-files=no").stdout.trim() !== "";
  return `${head.stdout.trim()}${changed ? "-dirty" : ""}`;
}
