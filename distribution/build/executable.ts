// Makes the single executable: Node's own binary with the modules of the bundle inside.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { root } from "./repository.ts";
import { run } from "./run.ts";

const LOADER = root("distribution/executable/loader.cjs");

/** Makes `output` from the modules in the folder `modules`. */
export function makeExecutable(modules: string, output: string): void {
  const folder = mkdtempSync(join(tmpdir(), "tandem-executable-"));
  try {
    const node = join(folder, "node");
    copyFileSync(process.execPath, node);
    // Node is built with its symbols, 33 MB of 150. They have to go first: `strip` would damage the finished file.
    run("strip", [node]);
    const files = readdirSync(modules).filter((name) => name.endsWith(".js"));
    const assets = Object.fromEntries(files.sort().map((name) => [name, join(modules, name)]));
    const config = join(folder, "sea.json");
    const settings = {
      main: LOADER,
      output,
      executable: node,
      disableExperimentalSEAWarning: true,
      execArgv: ["--disable-warning=ExperimentalWarning"],
      assets: { ...assets, [basename(LOADER)]: LOADER },
    };
    writeFileSync(config, JSON.stringify(settings));
    mkdirSync(dirname(output), { recursive: true });
    run(process.execPath, [`--build-sea=${config}`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
