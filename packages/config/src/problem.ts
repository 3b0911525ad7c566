// A problem in a configuration file, and the report about it: the place, the line with a caret below the problem,
// what was found, what was expected, and the next step.

/** One problem in a configuration file, with everything needed to correct it. */
export interface ConfigProblem {
  readonly file: string;
  /** The line, counted from 1; the first line when the problem has no place in the file. */
  readonly line: number;
  readonly column: number;
  /** How many characters are underlined from `column` on. */
  readonly width: number;
  /** The path of the value: `balancer.backends.web.servers.box1.weight`; empty for the file itself. */
  readonly path: string;
  /** The message: the value that was found, and the values that are expected. Never holds a secret or a variable's value. */
  readonly message: string;
  readonly suggestion?: string;
  /** Every key or value that is accepted at this place; left out when there are too many to list. */
  readonly allowed?: readonly string[];
  /** The page and section of the documentation that describe this part of the file. */
  readonly docs: string;
  /** The line as written, with secrets masked; empty when there is no line. */
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
 * Returns the report: each problem with its line, a caret and the accepted values, then a line such as "3 problems in
 * tandem.yaml". `noun` is the word after the number, in the singular. Pass `color: true` only for a terminal.
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
    // The line with the caret gets the same tabs as the line above it, so that in any terminal the
    // caret stands under the problem.
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
