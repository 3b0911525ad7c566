// `npm run dist`: builds what is installed on a server. The folder distribution/dist gets
//
//   tandem/              the program as modules, for a machine that has Node
//   tandem-linux-x64     the single executable: the same modules and Node in one file
//   tandem_*.deb         the Debian package of the executable
//   SHA256SUMS           the checksums of the files to hand out
import { createHash } from "node:crypto";
import { globSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { bundleProgram } from "./bundle.ts";
import { testRoot } from "./clean-root.ts";
import { makeDebian } from "./debian.ts";
import { makeExecutable } from "./executable.ts";
import { commitTime, debianVersion, dist } from "./repository.ts";

const EXECUTABLE = dist(`tandem-${process.platform}-${process.arch}`);

async function buildAll({ testRoot: isTested }: { readonly testRoot?: boolean }): Promise<void> {
  await step("modules", async () => {
    await bundleProgram(dist("tandem"));
    return dist("tandem");
  });
  await step("executable", async () => {
    await makeExecutable(EXECUTABLE);
    return EXECUTABLE;
  });
  const about = { version: debianVersion(), epoch: commitTime() };
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
  if (isTested === true) await testRoot({ executable: EXECUTABLE, deb, ...about });
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
  .action(buildAll)
  .parseAsync();
