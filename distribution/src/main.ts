// The installed `tandem`: the command, the three tiers and the laboratory in one program. The first word of the command
// line chooses: `tandem balancer --config FILE` is the program tandem-balancer of a clone, and a word that names no
// program belongs to the command. Each program is loaded only when it is asked for.
import { isSea } from "node:sea";
import { fileURLToPath } from "node:url";
import type { Executables } from "@tandem/cluster";

type Main = (argv: readonly string[]) => Promise<void>;

type Program = Exclude<keyof Executables, "command">;

const PROGRAMS: Readonly<Record<Program, () => Promise<{ readonly main: Main }>>> = {
  balancer: () => import("@tandem/balancer/program"),
  webserver: () => import("@tandem/webserver/program"),
  appserver: () => import("@tandem/appserver/program"),
  lab: () => import("@tandem/lab/program"),
};

/** The arguments with which Node starts this program again. The single executable needs none. */
const self = isSea() ? [] : [fileURLToPath(import.meta.url)];

const executable = (program: Program) => ({
  file: process.execPath,
  args: [...self, program],
});

const executables: Executables = {
  command: { file: process.execPath, args: self },
  balancer: executable("balancer"),
  webserver: executable("webserver"),
  appserver: executable("appserver"),
  lab: executable("lab"),
};

async function run([node = "", script = "", word = "", ...rest]: readonly string[]): Promise<void> {
  if (Object.hasOwn(PROGRAMS, word)) {
    const { main } = await PROGRAMS[word as Program]();
    await main([node, script, ...rest]);
  } else {
    const { main } = await import("@tandem/cluster/program");
    await main(process.argv, executables);
  }
}

void run(process.argv);
