// `npm run dist`: builds what is installed on a server. The folder distribution/dist gets
//
//   tandem/              the program as modules, for a machine that has Node
//   tandem-linux-x64     the single executable: the same modules and Node in one file
//   tandem_*.deb         the Debian package of the executable
//   SHA256SUMS           the checksums of the files to hand out
import { createHash } from "node:crypto";
import { globSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Command } from "commander";
import { bundleProgram } from "./bundle.ts";
import { makeDebian } from "./debian.ts";
import { makeExecutable } from "./executable.ts";
import { THIRD_PARTY } from "./packages/third-party.ts";
import { commitTime, debianVersion, dist } from "./repository.ts";
import { testRoot } from "./trial/test-root.ts";
import { testSystemd } from "./trial/test-systemd.ts";

// What is made here is for other machines, whatever files this user makes otherwise.
process.umask(0o022);

const EXECUTABLE = dist(`tandem-${process.platform}-${process.arch}`);

interface Tests {
  readonly testRoot?: boolean;
  readonly testSystemd?: boolean;
}

async function buildAll(tests: Tests): Promise<void> {
  await step("modules", async () => {
    await bundleProgram(dist("tandem"));
    return dist("tandem");
  });
  await step("executable", async () => {
    await makeExecutable(EXECUTABLE);
    return EXECUTABLE;
  });
  const libraries = readFileSync(join(dist("tandem"), THIRD_PARTY), "utf8");
  const about = { version: debianVersion(), epoch: commitTime(), libraries };
  const deb = await step("package", async () => {
    for (const old of globSync(dist("*.deb"))) rmSync(old);
    return makeDebian({ executable: EXECUTABLE, out: dist(), ...about });
  });
  await step("checksums", async () => {
    const path = dist("SHA256SUMS");
    const sums = [EXECUTABLE, deb].map((product) => `${sha256(product)}  ${basename(product)}\n`);
    writeFileSync(path, sums.join(""));
    return path;
  });
  if (tests.testRoot) testRoot(deb);
  if (tests.testSystemd) testSystemd(deb);
}

/** Does one step of the build, and prints the path that it made, its size and the time that it took. Returns the path. */
async function step(name: string, make: () => Promise<string>): Promise<string> {
  const began = performance.now();
  const made = await make();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const stats = statSync(made);
  const size = stats.isFile() ? `, ${(stats.size / 1e6).toFixed(1)} MB` : "";
  process.stdout.write(`${name.padEnd(12)} ${made}${size}  (${seconds} s)\n`);
  return made;
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

await new Command("npm run dist --")
  .description(
    "Builds the program as modules, as a single executable and as a Debian package, into distribution/dist.",
  )
  .option(
    "--test-root",
    "also install the package in a clean Debian (debootstrap, as root), and try it",
  )
  .option(
    "--test-systemd",
    "also boot a clean Debian with systemd (debootstrap, systemd-nspawn, as root), and try the package in it",
  )
  .action(buildAll)
  .parseAsync();
