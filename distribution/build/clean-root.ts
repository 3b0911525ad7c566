// `npm run dist -- --test-root`: makes a clean Debian in a folder, and tries the package in it (see root-trial.ts). The
// trial has its own mounts, network and processes, so all of it ends with the trial.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDebian } from "./debian.ts";

const TRIAL = join(import.meta.dirname, "root-trial.ts");
const SOURCES = "/etc/apt/sources.list.d";

export interface RootOptions {
  readonly executable: string;
  readonly deb: string;
  readonly version: string;
  readonly epoch: number;
}

/** Tries the package, and writes what happens to stdout. Throws when it does not go well. */
export async function testRoot({ executable, deb, version, epoch }: RootOptions): Promise<void> {
  const reason = whyNot();
  if (reason !== undefined) {
    process.stdout.write(`test root     left out: ${reason}\n`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "tandem-root-"));
  try {
    const second = await makeDebian({ executable, out: folder, epoch, version: `${version}.2` });
    const root = join(folder, "root");
    const { suite, mirror } = debianSource();
    const made = shown(
      "debootstrap",
      "--variant=minbase",
      "--include=libatomic1",
      suite,
      root,
      mirror,
    );
    if (made !== 0) {
      process.stdout.write(
        `test root     left out: debootstrap of ${suite} from ${mirror} ended with ${made}; is the network there?\n`,
      );
      return;
    }
    const own = ["--mount", "--net", "--pid", "--fork", "--kill-child"];
    const status = shown("unshare", ...own, process.execPath, TRIAL, root, deb, second);
    if (status !== 0) throw new Error(`the package did not pass in ${root}; see the lines above`);
  } finally {
    // The mounts were those of the trial alone, so nothing but the root itself is below the folder.
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns why the trial cannot run on this machine; undefined when it can. */
function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return "it needs root, for chroot and unshare";
  const missing = ["debootstrap", "unshare", "ip"].filter(
    (program) => spawnSync(program, ["--help"]).error !== undefined,
  );
  if (missing.length === 0) return undefined;
  return `not installed here: ${missing.join(", ")} (apt install debootstrap util-linux iproute2)`;
}

function shown(program: string, ...args: readonly string[]): number | null {
  return spawnSync(program, args, { stdio: ["ignore", "inherit", "inherit"] }).status;
}

/** Returns the release and the mirror that apt uses on this machine. */
export function debianSource(texts: readonly string[] = sourceTexts()): {
  readonly suite: string;
  readonly mirror: string;
} {
  for (const text of texts) {
    const line = /^deb (?:\[.*?\] )?(\S+:\/\/\S+) (\S+) main/m.exec(text);
    if (line !== null) return { mirror: line[1] ?? "", suite: line[2] ?? "" };
    const mirror = /^URIs: (\S+)/m.exec(text)?.[1];
    const suite = /^Suites: (\S+)/m.exec(text)?.[1];
    if (mirror !== undefined && suite !== undefined) return { mirror, suite };
  }
  throw new Error(
    "apt has no source with 'main' on this machine; write one to /etc/apt/sources.list",
  );
}

function sourceTexts(): readonly string[] {
  const names = readdirSync(SOURCES).filter((name) => /\.(list|sources)$/.test(name));
  const paths = ["/etc/apt/sources.list", ...names.map((name) => join(SOURCES, name))];
  return paths.flatMap((path) => {
    try {
      return [readFileSync(path, "utf8")];
    } catch {
      return []; // a machine has the one file or the other
    }
  });
}
