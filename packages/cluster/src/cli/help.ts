// tandem help: shows a guide of docs/, or the list of all guides. The help of a command is shown by the command itself:
// program.ts makes `tandem help check` the same as `tandem check --help`.
import { palette } from "@tandem/telemetry/colors";
import { Command } from "commander";
import { guideFiles } from "../help/guide-files.ts";
import { showText } from "../help/pager.ts";
import { findTopic, linkedTopic, type Topic, topicGroups, topicsOf } from "../help/topics.ts";
import { CommandRefusal } from "../refusal.ts";
import { examples } from "./examples.ts";

/** The longest line that is easy to read. A wider terminal gets lines of this length. */
const WIDEST = 100;

export function helpCommand(): Command {
  return new Command("help")
    .description("the help of a command, or a guide")
    .addHelpText(
      "before",
      examples(
        ["help topics", "every guide"],
        ["help two-boxes", "one of them"],
        ["help nginx", "words of its name do"],
        ["help check", "the help of a command"],
      ),
    )
    .argument("<topic...>", "a guide, a command, or 'topics'")
    .addHelpText(
      "after",
      "\nOn a terminal with PAGER set, the guide is shown by that program. Elsewhere it is written as it is, in Markdown.",
    )
    .action(help);
}

async function help(words: readonly string[], _: unknown, command: Command): Promise<void> {
  const files = await guideFiles();
  const commands = (command.parent?.commands ?? []).map((one) => one.name());
  const topics = topicsOf(files, commands);
  if (words.join(" ") === "topics") await showText(listOf(files, topics));
  else {
    const topic = findTopic(words, topics) ?? (await refuse(words.join(" "), topics, commands));
    await showText(process.stdout.isTTY ? await rendered(topic, topics) : topic.text);
  }
}

async function refuse(
  word: string,
  topics: readonly Topic[],
  commands: readonly string[],
): Promise<never> {
  const { nearest } = await import("@tandem/config");
  const names = [...topics.map(({ name }) => name), ...commands, "topics"];
  const parts = names.filter((name) => name.includes(word.toLowerCase()));
  const near = parts.length > 1 ? parts.slice(0, 5).join(", ") : nearest(word, names);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new CommandRefusal(
    `help: there is no guide and no command '${word}'${hint}\n'tandem help topics' lists the guides, 'tandem --help' the commands`,
  );
}

function listOf(files: Readonly<Record<string, string>>, topics: readonly Topic[]): string {
  const { bold, cyan } = palette();
  const width = Math.max(...topics.map(({ name }) => name.length));
  const groups = topicGroups(files, topics).map(({ heading, rows }) => {
    const lines = rows.map(([name, about]) => `  ${cyan(name.padEnd(width))}  ${about}`);
    return [bold(heading), ...lines].join("\n");
  });
  return `${["tandem help TOPIC shows one of these guides.", ...groups].join("\n\n")}\n`;
}

async function rendered(topic: Topic, topics: readonly Topic[]): Promise<string> {
  const { renderMarkdown } = await import("../help/markdown.ts");
  return renderMarkdown(topic.text, {
    width: Math.min(process.stdout.columns || 80, WIDEST),
    colors: palette(),
    leadsTo: (link) => {
      if (/^https?:/.test(link)) return link;
      const target = linkedTopic(link, topic.path, topics);
      return target === undefined || target === topic ? "" : `help ${target.name}`;
    },
  });
}
