// `--compare REV`: checks another revision of this project out in a folder of its own and installs it for the run.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Peer } from "./peers/peer.ts";
import { tandemAt } from "./peers/tandem.ts";

const ROOT = join(import.meta.dirname, "../..");

/** A revision as a peer. The revision's folder is removed when this object is disposed of. */
export interface Revision extends Disposable {
  readonly peer: Peer;
  /** The revision as it was named, and its commit. */
  readonly name: string;
  /** Its folder, with all packages. */
  readonly root: string;
}

/**
 * Runs a program and returns its output. Throws an error with the program's messages when the
 * program fails.
 */
function run(cwd: string, ...[program, ...args]: readonly [string, ...string[]]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? stderr.trim()}`);
  return stdout.trim();
}

/** Checks `revision` out in a folder of its own and installs the packages that it needs. */
export function checkOut(revision: string): Revision {
  const directory = mkdtempSync(join(tmpdir(), "tandem-revision-"));
  const tree = join(directory, "tree");
  function dispose(): void {
    process.off("exit", dispose);
    spawnSync("git", ["worktree", "remove", "--force", tree], { cwd: ROOT });
    rmSync(directory, { recursive: true, force: true });
  }
  process.once("exit", dispose); // removes the work tree after Ctrl-C too
  try {
    run(ROOT, "git", "worktree", "prune"); // an interrupted run may have left an entry without a folder
    run(ROOT, "git", "worktree", "add", "--detach", tree, revision);
    if (!existsSync(join(tree, "scripts/setup.mjs")))
      throw new Error(
        `${revision} has no scripts/setup.mjs, so it cannot be set up; take a later one`,
      );
    run(tree, process.execPath, "scripts/setup.mjs");
    // The report names the commit, because a branch may move on, and HEAD~5 will be another commit tomorrow.
    const commit = run(tree, "git", "rev-parse", "--short", "HEAD");
    return {
      peer: tandemAt(tree, `tandem@${revision}`, commit),
      name: `${revision} (${commit})`,
      root: tree,
      [Symbol.dispose]: dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}
