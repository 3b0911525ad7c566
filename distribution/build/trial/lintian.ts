// Asks lintian, which knows Debian's rules for packages. What it may complain about, and why, is in
// distribution/debian/lintian-overrides.
import { spawnSync } from "node:child_process";

/** Writes the result to stdout. Throws with lintian's complaints. */
export function lint(deb: string): void {
  const options = ["--allow-root", "--fail-on=error,warning"];
  const { error, status, stdout, stderr } = spawnSync("lintian", [...options, deb], {
    encoding: "utf8",
  });
  const missing = error !== undefined;
  if (!missing && status !== 0) throw new Error(`lintian complains:\n${stdout}${stderr}`);
  const result = missing ? "left out: not installed here (apt install lintian)" : "no complaint";
  process.stdout.write(`lintian       ${result}\n`);
}
