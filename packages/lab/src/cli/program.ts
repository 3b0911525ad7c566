// The `tandem lab` command. Each subcommand has its own file.
import { Command, CommanderError } from "commander";
import { adviseCommand } from "./advise/advise.ts";
import { checkCommand } from "./check.ts";
import { compareCommand } from "./compare.ts";
import { coverageCommand } from "./coverage.ts";
import { listCommand } from "./list.ts";
import { mapCommand } from "./map.ts";
import { replayCommand } from "./replay.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";
import { serveCommand } from "./serve.ts";
import { limitCommand } from "./sweep/limit.ts";
import { sweepCommand } from "./sweep/sweep.ts";
import { EXIT, report } from "./terminal.ts";
import { testCommand } from "./test-own.ts";

const COMMANDS = [
  adviseCommand,
  listCommand,
  runCommand,
  compareCommand,
  mapCommand,
  sweepCommand,
  limitCommand,
  checkCommand,
  testCommand,
  coverageCommand,
  replayCommand,
  reportCommand,
  serveCommand,
];

/**
 * Makes the command and all its subcommands. When the arguments are wrong, Commander prints the error and then throws
 * it.
 */
export function labProgram(): Command {
  const program = new Command("tandem lab")
    .description(
      "simulates the balancer's own algorithms: scenarios, checks against theory, replays",
    )
    .showHelpAfterError("'tandem lab COMMAND --help' shows the options of a command")
    .exitOverride();
  for (const command of COMMANDS) program.addCommand(command().copyInheritedSettings(program));
  return program;
}

/** Runs one command line. Sets the exit code instead of throwing. */
export async function main(argv: readonly string[]): Promise<void> {
  // When the reader of our output has exited (`tandem lab list | head`), writing fails. The command must not end with
  // an error because of that.
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
