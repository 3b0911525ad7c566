// The topics of `tandem help`: a name for each guide, the list of all of them, and which guide a word means.
import { posix } from "node:path";

export interface Topic {
  /** What `tandem help` is given. */
  readonly name: string;
  /** The path of the page from the root of the repository: `docs/operations/reload.md`. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

/** The page that groups the others. It is shown as the list of topics. */
const INDEX = "docs/README.md";

/**
 * Returns the topics of the pages. A page has the name of its file, or of its folder if the file is a README. A page
 * whose name is a command's gets `-guide` behind it, because `tandem help COMMAND` shows the help of the command.
 */
export function topicsOf(
  files: Readonly<Record<string, string>>,
  commands: readonly string[],
): readonly Topic[] {
  const taken = new Set(commands);
  return Object.entries(files)
    .filter(([path]) => path !== INDEX)
    .map(([path, text]) => {
      const base = bare(path).split("/").at(-1) ?? "";
      const name = taken.has(base) ? `${base}-guide` : base;
      if (taken.has(name)) throw new Error(`${path}: the topic '${name}' exists already`);
      taken.add(name);
      return { name, path, title: /^# +(.+)$/m.exec(text)?.[1] ?? name, text };
    });
}

/** Returns a path without what a reader would not type: `docs/lab/README.md` becomes `lab`. */
function bare(path: string): string {
  const name = path.toLowerCase().replace(/\.md$/, "");
  return name.replace(/^docs\//, "").replace(/(.)\/readme$/, "$1");
}

/**
 * Returns the topic that the words mean: its name, its path, or some whole words of its name if no other topic has
 * them. So `nginx` is `coming-from-nginx`, and `7` or `0007` are not mistaken for each other.
 */
export function findTopic(words: readonly string[], topics: readonly Topic[]): Topic | undefined {
  const word = bare(words.join("-"));
  const exact = topics.find(({ name, path }) => name === word || bare(path) === word);
  if (exact !== undefined) return exact;
  const [only, ...others] = topics.filter(({ name }) => `-${name}-`.includes(`-${word}-`));
  return others.length === 0 ? only : undefined;
}

/** Returns the topic that a link on the page `from` leads to; undefined when it leads elsewhere. */
export function linkedTopic(
  link: string,
  from: string,
  topics: readonly Topic[],
): Topic | undefined {
  const [file = ""] = link.split("#");
  const path = posix.join(posix.dirname(from), file);
  return file === "" ? undefined : topics.find((topic) => topic.path === path);
}

interface TopicGroup {
  readonly heading: string;
  readonly rows: readonly (readonly [name: string, about: string])[];
}

/**
 * Returns the topics as docs/README.md groups them, followed by the topics that it does not name. `files` has the text of
 * that page.
 */
export function topicGroups(
  files: Readonly<Record<string, string>>,
  topics: readonly Topic[],
): readonly TopicGroup[] {
  const sections = (files[INDEX] ?? "").split(/^## +/m).slice(1);
  const groups = sections.map((section) => ({
    heading: section.split("\n")[0] ?? "",
    rows: section.split("\n").flatMap((line) => rowsOf(line, topics)),
  }));
  const told = new Set(groups.flatMap(({ rows }) => rows.map(([name]) => name)));
  const rest = topics.filter(({ name }) => !told.has(name));
  const others = rest.map(({ name, title }) => [name, plain(title)] as const);
  return [...groups, { heading: "Others", rows: others }];
}

/** Returns the topics that a line of docs/README.md links, with the task in the first cell, or else their titles. */
function rowsOf(line: string, topics: readonly Topic[]): (readonly [string, string])[] {
  const task = /^\| ([^|]+) \|/.exec(line)?.[1];
  return [...line.matchAll(/\]\(([^)]+)\)/g)]
    .flatMap(([, link = ""]) => linkedTopic(link, INDEX, topics) ?? [])
    .map(({ name, title }) => [name, plain(task ?? title)] as const);
}

const plain = (text: string): string => text.replaceAll(/[`*]|\]\([^)]*\)|\[/g, "");
