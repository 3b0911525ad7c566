// The origin of a figure: the revision of the code and the machine. The origin contains no date or time, so that a
// repeated run writes the same bytes.
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

export interface Provenance {
  /**
   * The first twelve digits of the commit, with `-dirty` when the laboratory or the balancer has uncommitted changes.
   */
  readonly revision: string;
  readonly node: string;
  readonly machine: string;
}

export function provenance(): Provenance {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "";
  return {
    revision: revision(),
    node: process.version,
    machine: `${process.platform} ${process.arch}, ${processors.length} × ${model || "processor"}`,
  };
}

/** The revision that the bundler puts in. A clone has none. */
declare const TANDEM_REVISION: string | undefined;

function revision(): string {
  if (typeof TANDEM_REVISION === "string") return TANDEM_REVISION;
  const here = fileURLToPath(new URL("../..", import.meta.url));
  const git = (...args: string[]) => spawnSync("git", args, { cwd: here, encoding: "utf8" });
  const head = git("rev-parse", "--short=12", "HEAD");
  if (head.status !== 0) return "unknown";
  const status = git("status", "--porcelain", "--", ".", "../balancer");
  return head.stdout.trim() + (status.stdout.trim() === "" ? "" : "-dirty");
}
