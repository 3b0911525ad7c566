// `npm run mutants`: puts faults into the algorithms and the simulator, one at a time, and reports which of them no test
// and no check notices.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Journal } from "./journal.ts";
import type { Mutant } from "./mutant.ts";
import { isGood, lineOf, reportOf, summaryOf } from "./report.ts";
import { MUTANTS } from "./table.ts";
import { tryMutants } from "./try-mutants.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const JOURNAL = fileURLToPath(
  new URL("../../../../node_modules/.cache/mutants.jsonl", import.meta.url),
);

const USAGE = `Usage: npm run mutants -- [options]

Puts one fault at a time into the algorithms, the simulator or the statistics, in memory only, and runs the unit tests,
the contract of the algorithms and the checks of the laboratory, the quick ones first, until one fails. A fault that
nothing notices is a survivor. A run that was ended goes on where it stopped, while the sources stay the same.

  --only ID...   only these mutants, or all whose file or name contains the text
  --list         only list the mutants
  --fresh        forget earlier results
  --json         report as JSON
  -h, --help     print this

Exit code: 0 none lives without a written reason, 1 some do, 2 the command line is wrong, 130 interrupted.
`;

function given() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        only: { type: "boolean" },
        list: { type: "boolean" },
        fresh: { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Returns the mutants that the words name; a text when a word names none. */
function chosen(words: readonly string[]): readonly Mutant[] | string {
  if (words.length === 0) return MUTANTS;
  const matches = ({ id, file }: Mutant, word: string) => id.includes(word) || file.includes(word);
  const unknown = words.find((word) => !MUTANTS.some((mutant) => matches(mutant, word)));
  if (unknown !== undefined)
    return `no mutant has '${unknown}' in its name or file; --list shows all`;
  return MUTANTS.filter((mutant) => words.some((word) => matches(mutant, word)));
}

const left = (ms: number) =>
  ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`;

async function run(mutants: readonly Mutant[], fresh: boolean, json: boolean): Promise<number> {
  const journal = new Journal(ROOT, JOURNAL);
  if (fresh) journal.forget();
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => abort.abort());
  const say = (text: string) => process.stderr.write(`${text}\n`);
  let began = performance.now();
  const fates = await tryMutants(mutants, {
    root: ROOT,
    journal,
    signal: abort.signal,
    progress: {
      begins(what, index, count) {
        if (index === 1) began = performance.now();
        const spent = performance.now() - began;
        const time =
          index === 1 ? "" : `, ${left((spent / (index - 1)) * (count - index + 1))} left`;
        say(`${index}/${count}${time}  ${what}`);
      },
      ended(mutant, fate, known) {
        if (!json) process.stdout.write(`${lineOf(mutant, fate)}${known ? " (before)" : ""}\n`);
      },
    },
  });
  const report = reportOf(mutants, fates);
  if (json) {
    const rows = mutants.map((mutant, i) => ({ ...mutant, ...fates[i] }));
    process.stdout.write(`${JSON.stringify({ ...report, rows }, null, 2)}\n`);
  } else process.stdout.write(`\n${summaryOf(report, mutants)}\n`);
  return isGood(report) ? 0 : 1;
}

async function main(): Promise<number> {
  const parsed = given();
  if (typeof parsed === "string") return wrong(parsed);
  const { values, positionals } = parsed;
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (positionals.length > 0 && !values.only)
    return wrong(`'${positionals[0]}' belongs to no option; --only takes names`);
  const mutants = chosen(positionals);
  if (typeof mutants === "string") return wrong(mutants);
  if (values.list) {
    for (const { id, file, breaks } of mutants) process.stdout.write(`${id}  ${file}  ${breaks}\n`);
    return 0;
  }
  return run(mutants, values.fresh ?? false, values.json ?? false);
}

function wrong(message: string): number {
  process.stderr.write(`${message}\n\n${USAGE}`);
  return 2;
}

try {
  process.exitCode = await main();
} catch (error) {
  const aborted = error instanceof Error && error.name === "AbortError";
  process.stderr.write(`${aborted ? "interrupted; the next run goes on here" : error}\n`);
  process.exitCode = aborted ? 130 : 1;
}
