// The repository that is built: its folder and its revision.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import manifest from "../package.json" with { type: "json" };

const ROOT = join(import.meta.dirname, "../..");

/** Returns a path in the repository. */
export function root(...parts: readonly string[]): string {
  return join(ROOT, ...parts);
}

/** Returns a path in the folder that gets what is built. Git ignores the folder. */
export function dist(...parts: readonly string[]): string {
  return root("distribution/dist", ...parts);
}

/** Returns the time of the commit, in seconds since 1970. */
export function commitTime(): number {
  const log = spawnSync("git", ["log", "-1", "--format=%ct"], { cwd: ROOT, encoding: "utf8" });
  return log.status === 0 ? Number(log.stdout) : 0;
}

/**
 * Returns the version of the Debian package. A later commit has a higher one, and all of them are lower than the release
 * they lead to: `0.1.0~20261129T113500.a1b2c3d4e5f6`.
 */
export function debianVersion(): string {
  const { version } = manifest;
  const time = new Date(commitTime() * 1000).toISOString().replaceAll(/[-:]|\.\d+Z/g, "");
  return `${version}~${time}.${revision().replaceAll(/[^0-9a-z]+/g, "+")}`;
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
