// A problem in a configuration file, and how it is shown to a person: the place, the offending line with a caret,
// what was found, what was expected, and the next step.

/** One thing wrong in a configuration file, with everything needed to correct it. */
export interface ConfigProblem {
  readonly file: string;
  /** Counted from 1; the start of the file when the problem has no place in it. */
  readonly line: number;
  readonly column: number;
  /** How many characters are underlined from `column` on. */
  readonly width: number;
  /** Where in the tree: `balancer.backends.web.servers.box1.weight`; empty for the file itself. */
  readonly path: string;
  /** What was found and what is expected. Never holds a secret or the value of a variable. */
  readonly message: string;
  readonly suggestion?: string;
  /** Every key or value accepted at this spot, where they are few enough to list. */
  readonly allowed?: readonly string[];
  /** The page and section that describe this spot. */
  readonly docs: string;
  /** The offending line as written, secrets masked; empty when there is none. */
  readonly source: string;
}

/** Thrown by the loader with all problems of a file at once; `message` is the report for a person. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(formatProblems(problems, { color: false }));
    this.problems = problems;
  }
}

type Paint = (text: string) => string;
const plain: Paint = (text) => text;
const ansi =
  (code: number): Paint =>
  (text) =>
    `\x1b[${code}m${text}\x1b[0m`;

/**
 * The report for a person: each problem with its line, a caret and what would be accepted, then the number of
 * problems. Pass `colour` only when the output is a terminal. `noun` is the word for one problem in that number.
 */
export function formatProblems(
  problems: readonly ConfigProblem[],
  { color, noun = "problem" }: { readonly color: boolean; readonly noun?: string },
): string {
  const [bold, red, green, dim] = color
    ? [ansi(1), ansi(31), ansi(32), ansi(2)]
    : [plain, plain, plain, plain];
  const blocks = problems.map((problem) => formatOne(problem, { bold, red, green, dim }));
  const files = [...new Set(problems.map((problem) => problem.file))].join(", ");
  const count = problems.length === 1 ? `1 ${noun}` : `${problems.length} ${noun}s`;
  return [...blocks, `${count} in ${files}`].join("\n\n");
}

function formatOne(
  problem: ConfigProblem,
  { bold, red, green, dim }: Readonly<Record<"bold" | "red" | "green" | "dim", Paint>>,
): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  const subject = problem.path === "" ? "" : `${problem.path}: `;
  const lines = [`${bold(place)}  ${subject}${red(problem.message)}`];
  const gutter = String(problem.line).length;
  const margin = `  ${" ".repeat(gutter)} ${dim("|")}`;
  if (problem.source !== "") {
    // Tabs are repeated below the line, so that the caret is under its text in any terminal.
    const indent = problem.source.slice(0, problem.column - 1).replace(/[^\t]/g, " ");
    lines.push(
      `  ${problem.line} ${dim("|")} ${problem.source}`,
      `${margin} ${indent}${red("^".repeat(problem.width))}`,
    );
  }
  if (problem.suggestion !== undefined)
    lines.push(`  ${green(`did you mean '${problem.suggestion}'?`)}`);
  if (problem.allowed !== undefined) lines.push(`  allowed: ${problem.allowed.join(", ")}`);
  lines.push(dim(`  see ${problem.docs}`));
  return lines.join("\n");
}
