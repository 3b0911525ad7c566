// The `tandem lab` command: its subcommands, one file each.
import { Command, CommanderError } from "commander";
import { checkCommand } from "./check.ts";
import { compareCommand } from "./compare.ts";
import { listCommand } from "./list.ts";
import { replayCommand } from "./replay.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";
import { serveCommand } from "./serve.ts";
import { EXIT, report } from "./terminal.ts";

const COMMANDS = [
  listCommand,
  runCommand,
  compareCommand,
  checkCommand,
  replayCommand,
  reportCommand,
  serveCommand,
];

/** The command and all its subcommands. Commander prints a fault in the arguments and then throws it. */
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
  // When the reader of our output has gone (`tandem lab list | head`), writing fails; that must not end the command
  // with an error.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  try {
    await labProgram().parseAsync(argv);
  } catch (error) {
    // Commander has printed the message already.
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.input;
    else process.exitCode = report(error);
  }
}
