// Makes a clean Debian in a folder, and runs a trial of the package in it. The trial has its own mounts, network and
// processes, so all of it ends with the trial.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debianSource } from "./debian-source.ts";

export interface Trial {
  /** What the lines of its output begin with. */
  readonly name: string;
  /** The script that is run with the root's path, then `words`. */
  readonly script: string;
  /** Makes the files that the trial needs, in a folder of its own, and returns the further words for the script. */
  readonly words: (folder: string) => readonly string[];
  /** The programs that it needs, with the Debian package of each. */
  readonly programs: Readonly<Record<string, string>>;
  /** The packages that the root has apart from Debian's smallest set. */
  readonly include: readonly string[];
}

const PROGRAMS = { debootstrap: "debootstrap", unshare: "util-linux", ip: "iproute2" };

/** Runs a trial, and writes what happens to stdout, or why it cannot run here. Throws when it does not go well. */
export function runTrial(trial: Trial): void {
  const reason = whyNot({ ...PROGRAMS, ...trial.programs }) ?? runInFolder(trial);
  if (reason !== undefined) process.stdout.write(`${trial.name.padEnd(13)} left out: ${reason}\n`);
}

/** Runs a trial in a folder that is removed afterwards. Returns why it was left out; undefined when it went well. */
function runInFolder({ script, words, include }: Trial): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "tandem-trial-"));
  try {
    const root = join(folder, "root");
    const { suite, mirror } = debianSource();
    const options = ["--variant=minbase", `--include=${include.join(",")}`];
    const made = spawnSync("debootstrap", [...options, suite, root, mirror], { encoding: "utf8" });
    if (made.status !== 0) {
      const said = `${made.stdout}${made.stderr}`.trim().split("\n").slice(-3).join("\n");
      return `debootstrap of ${suite} from ${mirror} ended with ${made.status}; is the network there?\n${said}`;
    }
    const own = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const run = [process.execPath, script, root, ...words(folder)];
    const { status } = spawnSync("unshare", [...own, ...run], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (status === 0) return undefined;
    throw new Error(`the package did not pass in ${root}; see the lines above`);
  } finally {
    // The mounts were those of the trial alone, so nothing but the root itself is below the folder.
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns why no trial can run on this machine; undefined when one can. */
function whyNot(programs: Readonly<Record<string, string>>): string | undefined {
  if (process.getuid?.() !== 0) return "it needs root, for chroot and namespaces";
  const missing = Object.entries(programs).filter(
    ([program]) => spawnSync(program, ["--help"]).error !== undefined,
  );
  if (missing.length === 0) return undefined;
  const names = missing.map(([program]) => program).join(", ");
  return `not installed here: ${names} (apt install ${missing.map(([, name]) => name).join(" ")})`;
}
