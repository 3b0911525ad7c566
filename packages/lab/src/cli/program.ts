// The `tandem lab` command: its subcommands, one file each.
import { Command, CommanderError } from "commander";
import { checkCommand } from "./check.ts";
import { compareCommand } from "./compare.ts";
import { listCommand } from "./list.ts";
import { replayCommand } from "./replay.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";
import { EXIT, report } from "./terminal.ts";

const COMMANDS = [
  listCommand,
  runCommand,
  compareCommand,
  checkCommand,
  replayCommand,
  reportCommand,
];

/** The command and all its subcommands; a fault in the words given is thrown, after it has been said. */
export function labProgram(): Command {
  const program = new Command("tandem lab")
    .description(
      "simulates the balancer's own algorithms: scenarios, checks against theory, replays",
    )
    .showHelpAfterError()
    .exitOverride();
  for (const command of COMMANDS) program.addCommand(command().copyInheritedSettings(program));
  return program;
}

/** Runs one command line; sets the exit code instead of throwing. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that went away (`tandem lab list | head`) is no reason to fall over.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  try {
    await labProgram().parseAsync(argv);
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.input;
    else process.exitCode = report(error);
  }
}
