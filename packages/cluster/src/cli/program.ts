// The `tandem` command. Each of its commands has a file here, and a row in commands.ts.
import { Command } from "commander";
import { cloneExecutables, type Executables } from "../executables.ts";
import { versionText } from "../version.ts";
import { COMMANDS } from "./commands.ts";
import { examples } from "./examples.ts";

/** Runs one command line with these executables. Sets the exit code instead of throwing. */
export async function main(
  argv: readonly string[],
  executables: Executables = cloneExecutables,
): Promise<void> {
  // When the program that reads our output has ended (`tandem status | head`), writing fails. That must not end the
  // command with an error.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const program = bareProgram();
  const words = withoutHelpWord(argv);
  for (const [name, row] of Object.entries(COMMANDS)) {
    const named = words[2] === name;
    program.addCommand(named ? (await row.load())(executables) : placeholder(name, row.summary));
  }
  try {
    await program.parseAsync(words);
  } catch (error) {
    const { report } = await import("./terminal.ts");
    process.exitCode = report(error);
  }
}

/**
 * Makes `tandem help` the same as `tandem --help`, and `tandem help check` the same as `tandem check --help`. Other words
 * after `help` name a guide.
 */
function withoutHelpWord(argv: readonly string[]): readonly string[] {
  const [node = "", script = "", first, ...rest] = argv;
  const [named] = rest;
  const isGuide = named !== undefined && !Object.hasOwn(COMMANDS, named);
  return first !== "help" || isGuide ? argv : [node, script, ...rest, "--help"];
}

/** Returns the command with all its subcommands, for those who describe it: man pages and completions. */
export async function wholeProgram(executables: Executables = cloneExecutables): Promise<Command> {
  const program = bareProgram();
  for (const row of Object.values(COMMANDS)) program.addCommand((await row.load())(executables));
  return program;
}

/** Returns the words that may follow `tandem help`, for completions. */
export async function helpWords(): Promise<readonly string[]> {
  const { guideFiles } = await import("../help/guide-files.ts");
  const { topicsOf } = await import("../help/topics.ts");
  const commands = Object.keys(COMMANDS);
  const topics = topicsOf(await guideFiles(), commands);
  return ["topics", ...commands, ...topics.map(({ name }) => name)];
}

function bareProgram(): Command {
  return (
    new Command("tandem")
      .description("a website on two servers: balancer, web servers, application servers, database")
      .option("--version", "print the version, the revision and the version of Node")
      .on("option:version", printVersion)
      .showHelpAfterError("(all commands: tandem --help)")
      .addHelpText(
        "before",
        examples(
          ["proxy 3000", "a balancer before what listens on port 3000"],
          ["serve", "a web server for this folder"],
          ["init", "writes tandem.yaml, after a few questions; then: tandem up"],
        ),
      )
      .addHelpText(
        "after",
        "\nGuides: 'tandem help topics' lists them, 'tandem help TOPIC' shows one.",
      )
      // Options that come after `lab` belong to the laboratory's command.
      .enablePositionalOptions()
  );
}

/** Makes a command that appears in the help of `tandem` and cannot be run. */
function placeholder(name: string, summary: string): Command {
  return new Command(name).description(summary);
}

function printVersion(): never {
  process.stdout.write(`${versionText()}\n`);
  process.exit(0);
}
