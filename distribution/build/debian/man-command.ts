// The man pages of the commands: tandem(1) with its subcommands, and one page for each tier and for the laboratory.
import { type CommandNode, commandTree } from "./command-tree.ts";
import { bold, escaped, example, heading, item, lines, pageHead, subheading } from "./roff.ts";

/** The words that have a page of their own. */
const PROGRAMS = ["balancer", "webserver", "appserver", "lab"];

/** Returns the text of each page by the name of its file. */
export async function commandPages(about: {
  readonly version: string;
  readonly date: string;
}): Promise<Readonly<Record<string, string>>> {
  const tree = await commandTree();
  const isProgram = ({ path }: CommandNode) => PROGRAMS.includes(path.split(" ")[1] ?? "");
  const main = { ...tree, commands: tree.commands.filter((node) => !isProgram(node)) };
  const pages = [main, ...tree.commands.filter(isProgram)].map((node) => {
    const name = node.path.replaceAll(" ", "-");
    return [`${name}.1`, pageOf(node, { name, section: 1, ...about })];
  });
  return Object.fromEntries(pages);
}

function pageOf(node: CommandNode, head: Parameters<typeof pageHead>[0]): string {
  const others = ["tandem", ...PROGRAMS.map((name) => `tandem-${name}`)].filter(
    (name) => name !== head.name,
  );
  return [
    pageHead(head),
    heading("name"),
    `${escaped(head.name)} \\- ${escaped(node.summary)}\n`,
    heading("synopsis"),
    `${bold(node.path)} ${escaped(node.usage)}\n`,
    node.before === "" ? "" : heading("examples") + example(node.before),
    ...listsOf(node, heading),
    node.after === "" ? "" : heading("notes") + lines(node.after),
    node.commands.length === 0 ? "" : heading("commands"),
    ...node.commands.flatMap(commandText),
    heading("files"),
    item(bold("/etc/tandem/tandem.yaml"), "The configuration that the units read."),
    item(bold("/etc/default/tandem"), "Further words on the command line of the units."),
    item(bold("/var/lib/tandem"), "State: certificates, secrets, database."),
    item(bold("/var/log/tandem"), "Logs."),
    heading("see also"),
    `${[...others.map((name) => `${bold(name)}(1)`), `${bold("tandem.yaml")}(5)`].join(", ")}\n`,
  ].join("");
}

function commandText(node: CommandNode): readonly string[] {
  return [
    subheading(`${node.path} ${node.usage}`),
    `${escaped(node.summary)}\n`,
    node.before === "" ? "" : example(node.before),
    ...listsOf(node, () => ""),
    node.after === "" ? "" : lines(node.after),
    ...node.commands.flatMap(commandText),
  ];
}

function listsOf(node: CommandNode, title: (text: string) => string): readonly string[] {
  const list = (name: string, entries: CommandNode["arguments"]): string =>
    entries.length === 0
      ? ""
      : title(name) +
        entries.map(({ term, meaning }) => item(bold(term), escaped(meaning))).join("");
  return [list("arguments", node.arguments), list("options", node.options)];
}
