// `npm run pack`: makes the packages for the registry. The folder distribution/dist/packages gets a tarball of each. With
// --test-nodes, installs them into an empty folder and tries them on every maintained Node.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { installConsumer } from "./packages/consumer.ts";
import { makeTarballs, type Tarball } from "./packages/make.ts";
import { installNode, NODES } from "./packages/nodes.ts";
import { TRIALS } from "./packages/trials.ts";
import { dist } from "./repository.ts";

// What is made here is for other machines, whatever files this user makes otherwise.
process.umask(0o022);

async function pack({ testNodes = false }: { readonly testNodes?: boolean }): Promise<void> {
  const tarballs = await makeTarballs(dist("packages"));
  for (const { path } of tarballs) say(`${path}, ${(statSync(path).size / 1e6).toFixed(2)} MB`);
  if (testNodes) await tryNodes(tarballs);
}

/** Prints a table of the trials and the Nodes, and what went wrong. */
async function tryNodes(tarballs: readonly Tarball[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-nodes-"));
  try {
    using consumer = installConsumer(tarballs);
    const nodes = NODES.map((version) => [version, installNode(version, folder)] as const);
    say(["", ...NODES].map(cell).join(""));
    const faults: string[] = [];
    for (const [what, { run, node: oldest }] of Object.entries(TRIALS)) {
      const cells = [what];
      for (const [version, node] of nodes) {
        if (version.localeCompare(oldest, undefined, { numeric: true }) < 0) {
          cells.push("too old");
          continue;
        }
        const fault = await run(consumer, node).then(
          () => undefined,
          (error: Error) => `${what}, Node ${version}: ${error.message}`,
        );
        cells.push(fault === undefined ? "works" : "FAILS");
        if (fault !== undefined) faults.push(fault);
      }
      say(cells.map(cell).join(""));
    }
    for (const fault of faults) say(`\n${fault}`);
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const cell = (text: string, index: number) => text.padEnd(index === 0 ? 44 : 10);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await new Command("npm run pack --")
  .description("Makes the packages for the registry, into distribution/dist/packages.")
  .option("--test-nodes", "install them, and try them on the oldest and the newest Node")
  .action(pack)
  .parseAsync();
