// tandem lab: starts the command of the laboratory as a process. No code here imports the laboratory, so an
// installation on a server may leave the laboratory out.
import { spawn } from "node:child_process";
import { Command } from "commander";
import type { Executables, Command as Program } from "../executables.ts";
import { CommandRefusal, EXIT } from "../refusal.ts";

export function labCommand({ lab }: Pick<Executables, "lab">): Command {
  return new Command("lab")
    .description("simulate the balancing algorithms: scenarios, checks, replays, reports")
    .argument("[words...]", "see 'tandem lab --help'")
    .allowUnknownOption()
    .helpOption(false)
    .passThroughOptions()
    .action((words: readonly string[]) => handOver(lab, words));
}

async function handOver(lab: Program | undefined, words: readonly string[]): Promise<void> {
  if (lab === undefined)
    throw new CommandRefusal(
      "the laboratory is not part of this installation;\nit comes with a clone of the repository, in packages/lab",
    );
  const child = spawn(lab.file, [...lab.args, ...words], { stdio: "inherit" });
  // Ctrl-C reaches both processes. The child decides what happens then. This process waits for the child and exits
  // with the child's exit code.
  const wait = () => undefined;
  const pass = () => child.kill("SIGTERM");
  process.on("SIGINT", wait).on("SIGTERM", pass);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on("error", reject);
  child.on("close", (code) => resolve(code ?? EXIT.interrupted));
  try {
    process.exitCode = await promise;
  } finally {
    process.off("SIGINT", wait).off("SIGTERM", pass);
  }
}
