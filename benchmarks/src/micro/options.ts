// Parses the command line of `npm run bench:micro`.
import { Command, InvalidArgumentError, Option } from "commander";
import { wholePositive } from "../arguments.ts";
import { SUBJECTS } from "./subjects.ts";

const SIZES = [2, 10, 100, 1_000, 10_000];
const TABLES = ["picks", "simulator"] as const;
/** With one measurement each, a comparison would say more about the machine than about the revisions. */
const ROUNDS_TO_COMPARE = 5;

export interface Options {
  readonly algorithms: readonly string[];
  readonly sizes: readonly number[];
  readonly tables: readonly (typeof TABLES)[number][];
  /** Another revision of this project, measured in turns with this one. */
  readonly compare: string | undefined;
  readonly rounds: number;
  readonly json: boolean;
}

function known(name: string, before: readonly string[] = []): string[] {
  if (SUBJECTS[name] === undefined)
    throw new InvalidArgumentError(`expected one of ${Object.keys(SUBJECTS).join(", ")}`);
  return [...before, name];
}

function count(text: string, before: readonly number[] = []): number[] {
  return [...before, wholePositive(text)];
}

/** For `--help` or an invalid option, Commander prints the help or an error and exits. */
export function parseOptions(argv: readonly string[]): Options {
  const { algorithm, servers, table, compare, rounds, json } = new Command("npm run bench:micro --")
    .description(
      "Measures what a pick costs, and the feedback for it, on servers with requests in flight, and how many requests the laboratory's simulator handles.",
    )
    .option("--algorithm <name>", "only the picks of this one; may be repeated", known)
    .option("--servers <n>", "only picks with so many servers; may be repeated", count)
    .addOption(new Option("--table <name>", "only this table").choices(TABLES))
    .option("--compare <rev>", "another revision beside this one, in turns")
    .option("--rounds <n>", "measurements of each (1; with --compare 5)", wholePositive)
    .option("--json", "the figures as JSON")
    .parse([...argv], { from: "user" })
    .opts<{
      algorithm?: string[];
      servers?: number[];
      table?: (typeof TABLES)[number];
      compare?: string;
      rounds?: number;
      json?: true;
    }>();
  const picksOnly = algorithm !== undefined || servers !== undefined;
  return {
    algorithms: algorithm ?? Object.keys(SUBJECTS),
    sizes: servers ?? SIZES,
    tables: table !== undefined ? [table] : picksOnly ? ["picks"] : TABLES,
    compare,
    rounds: rounds ?? (compare === undefined ? 1 : ROUNDS_TO_COMPARE),
    json: json === true,
  };
}
