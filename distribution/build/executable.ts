// Makes the single executable: Node's own binary with the modules of the program inside.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { bundle, PROGRAM } from "./bundle.ts";
import { root } from "./repository.ts";
import { run } from "./run.ts";

const LOADER = root("distribution/executable/loader.cjs");
const PRECOMPILE = root("distribution/build/precompile.ts");

/** Makes the executable `output`. */
export async function makeExecutable(output: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-executable-"));
  try {
    const modules = join(folder, "modules");
    await bundle({ entries: PROGRAM, out: modules, format: "cjs" });
    run(process.execPath, ["--random-seed=1", PRECOMPILE, modules]);
    copyFileSync(LOADER, join(folder, basename(LOADER)));
    const made = join(folder, "tandem");
    const settings = {
      // The executable keeps this path. A relative one is the same on every machine.
      main: basename(LOADER),
      output: made,
      executable: strippedNode(folder),
      disableExperimentalSEAWarning: true,
      execArgv: ["--disable-warning=ExperimentalWarning"],
      assets: { ...assetsOf(modules), [basename(LOADER)]: LOADER },
    };
    writeFileSync(join(folder, "sea.json"), JSON.stringify(settings));
    run(process.execPath, ["--build-sea=sea.json"], { cwd: folder });
    mkdirSync(dirname(output), { recursive: true });
    // Node wrote the file at once, so Linux keeps it in pieces of 2 MB and maps whole ones: 20 MB more of resident memory
    // for each process. A copy is kept in small pieces, as a file is that was installed or downloaded.
    copyFileSync(made, output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Copies Node without its symbols, 33 MB of 150. They have to go before the modules come: `strip` would damage the finished
 * file.
 */
function strippedNode(folder: string): string {
  const node = join(folder, "node");
  copyFileSync(process.execPath, node);
  run("strip", [node]);
  return node;
}

function assetsOf(modules: string): Readonly<Record<string, string>> {
  const names = readdirSync(modules).filter((name) => /\.(js|code)$/.test(name));
  return Object.fromEntries(names.sort().map((name) => [name, join(modules, name)]));
}
