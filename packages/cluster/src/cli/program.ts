// The `tandem` command: its subcommands, one file each.
import { Command } from "commander";
import { type Executables, tierExecutables } from "../executables.ts";
import { certCommand } from "./cert.ts";
import { checkCommand } from "./check.ts";
import { labCommand } from "./lab.ts";
import { prepareCommand } from "./prepare.ts";
import { reloadCommand } from "./reload.ts";
import { statusCommand } from "./status.ts";
import { stopCommand } from "./stop.ts";
import { report } from "./terminal.ts";
import { upCommand } from "./up.ts";

const COMMANDS = [
  checkCommand,
  prepareCommand,
  upCommand,
  reloadCommand,
  statusCommand,
  stopCommand,
  certCommand,
  labCommand,
];

/** Runs one command line with these executables of the tiers. Sets the exit code instead of throwing. */
export async function main(
  argv: readonly string[],
  executables: Executables = tierExecutables,
): Promise<void> {
  // When the program that reads our output has ended (`tandem status | head`), writing fails. That must not end the
  // command with an error.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const program = new Command("tandem")
    .description("a website on two servers: balancer, web servers, application servers, database")
    .showHelpAfterError()
    // Options that come after `lab` belong to the laboratory's command.
    .enablePositionalOptions();
  for (const command of COMMANDS) program.addCommand(command(executables));
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}
