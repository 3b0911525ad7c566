// What the command line of the installed `tandem` knows, as data for man pages and completions: a node for each command
// and subcommand. It is read from the programs themselves, so an option is written in one place only.
import { appserverProgram } from "@tandem/appserver/program";
import { balancerProgram } from "@tandem/balancer/program";
import { helpWords, wholeProgram } from "@tandem/cluster/program";
import { BALANCE_ALGORITHMS } from "@tandem/config";
import { labProgram } from "@tandem/lab/program";
import { webserverProgram } from "@tandem/webserver/program";
import type { Command, Option } from "commander";

export interface OptionFacts {
  /** As in the help: `-c, --config <file>`. */
  readonly term: string;
  /** The spellings: `--config`. */
  readonly flags: readonly string[];
  readonly takesValue: boolean;
  readonly choices: readonly string[];
  readonly meaning: string;
}

export interface CommandNode {
  /** The words that call the command: `tandem cert issue`. */
  readonly path: string;
  /** The words that may follow, such as `[options] <name>`. */
  readonly usage: string;
  readonly summary: string;
  /** What the help says before and after the options. */
  readonly before: string;
  readonly after: string;
  readonly arguments: readonly { readonly term: string; readonly meaning: string }[];
  /** The values that its arguments may have, where these are known. */
  readonly words: readonly string[];
  readonly options: readonly OptionFacts[];
  readonly commands: readonly CommandNode[];
}

/** Returns the tree of the command with its tiers and the laboratory below it. */
export async function commandTree(): Promise<CommandNode> {
  const tandem = nodeOf(await wholeProgram(), "tandem");
  const programs: readonly CommandNode[] = [
    nodeOf(balancerProgram(), "tandem balancer"),
    nodeOf(webserverProgram(), "tandem webserver"),
    nodeOf(appserverProgram(), "tandem appserver"),
    nodeOf(labProgram(), "tandem lab"),
  ];
  const helped = await helpWords();
  const own = tandem.commands
    .filter(({ path }) => path !== "tandem lab")
    .map((node) => (node.path === "tandem help" ? { ...node, words: helped } : node));
  return { ...tandem, commands: [...own, ...programs] };
}

function nodeOf(command: Command, path: string): CommandNode {
  const help = command.createHelp();
  return {
    path,
    usage: command.usage(),
    summary: command.description(),
    ...helpTexts(command, path),
    arguments: help.visibleArguments(command).map((argument) => ({
      term: help.argumentTerm(argument),
      meaning: help.argumentDescription(argument),
    })),
    words: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    options: help.visibleOptions(command).map((option) => ({
      ...factsOf(option, path),
      term: help.optionTerm(option),
      meaning: help.optionDescription(option),
    })),
    commands: help
      .visibleCommands(command)
      .filter((child) => command.commands.includes(child)) // not the one that Commander adds
      .map((child) => nodeOf(child, `${path} ${child.name()}`)),
  };
}

/** These need further keys, so `tandem proxy`, which has no file, refuses them. */
const NEED_KEYS: readonly string[] = ["header", "query", "cookie", "module"];

/** Values that a command checks itself, because its message says more than Commander's. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  "tandem proxy --algorithm": BALANCE_ALGORITHMS.filter((name) => !NEED_KEYS.includes(name)),
};

function factsOf({ short, long, required, optional, argChoices }: Option, path: string) {
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    takesValue: required || optional,
    choices: argChoices ?? CHOICES[`${path} ${long}`] ?? [],
  };
}

/**
 * Returns the texts that stand before and after the usage, arguments and options in the help. The name of a tier's program
 * in a clone, tandem-balancer, becomes the words that call it where it is installed.
 */
function helpTexts(command: Command, path: string) {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (text) => parts.push(text) }).outputHelp();
  const middle = parts.findIndex((part) => part.startsWith("Usage:"));
  const textOf = (some: readonly string[]): string => {
    const text = some.join("").replaceAll(path.replaceAll(" ", "-"), path);
    return unindented(text.replace(/^\n*(Example:)?\n*/, "").trimEnd());
  };
  return { before: textOf(parts.slice(0, middle)), after: textOf(parts.slice(middle + 1)) };
}

function unindented(text: string): string {
  const lines = text.split("\n");
  const indents = lines.filter((line) => line !== "").map((line) => line.search(/\S/));
  return lines.map((line) => line.slice(Math.min(...indents))).join("\n");
}

/** Returns the node and all nodes below it. */
export function allNodes(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(allNodes)];
}
