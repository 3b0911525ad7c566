// The version that runs: `tandem 0.1.0 (a1b2c3d4e5f6, Node 26.10.0)`.
import { spawnSync } from "node:child_process";
import manifest from "../package.json" with { type: "json" };

/** The commit of a built program. The build replaces this name by a text; in a clone it does not exist. */
declare const TANDEM_REVISION: string | undefined;

export function versionText(): string {
  return `tandem ${manifest.version} (${revision()}, Node ${process.versions.node})`;
}

function revision(): string {
  if (typeof TANDEM_REVISION === "string") return TANDEM_REVISION;
  const git = spawnSync("git", ["rev-parse", "--short=12", "HEAD"], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  return git.status === 0 ? git.stdout.trim() : "unknown revision";
}
