// npm run bench:micro: measures the cost of a pick, for every algorithm and from 2 to 10 000 servers.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { busyWarning, describeMachine } from "../machine.ts";
import type { Cost, Row } from "./row.ts";
import { SUBJECTS } from "./subjects.ts";
import { costTable, isOver } from "./table.ts";

const PROCESS = join(import.meta.dirname, "picks-process.ts");
const SIZES = [2, 10, 100, 1_000, 10_000];

function known(name: string, before: readonly string[] = []): string[] {
  if (SUBJECTS[name] === undefined)
    throw new InvalidArgumentError(`expected one of ${Object.keys(SUBJECTS).join(", ")}`);
  return [...before, name];
}

function count(text: string, before: readonly number[] = []): number[] {
  const servers = Number(text);
  if (!Number.isInteger(servers) || servers < 1)
    throw new InvalidArgumentError("expected a whole number above 0");
  return [...before, servers];
}

function measure(name: string, sizes: readonly number[]): Cost {
  const flags = ["--expose-gc", "--max-semi-space-size=128", "--min-semi-space-size=128"];
  const output = execFileSync(process.execPath, [...flags, PROCESS, name, ...sizes.map(String)], {
    encoding: "utf8",
  });
  return { name, rows: JSON.parse(output) as Row[] };
}

const {
  algorithm,
  servers: sizes = SIZES,
  json,
} = new Command("npm run bench:micro --")
  .description(
    "Measures what one pick costs, and the feedback for it, on servers with requests in flight.",
  )
  .option("--algorithm <name>", "only this one; may be repeated", known)
  .option("--servers <n>", "only so many servers; may be repeated", count)
  .option("--json", "the figures as JSON")
  .parse()
  .opts<{ algorithm?: string[]; servers?: number[]; json?: true }>();

const setting = { pinning: "not pinned", generator: "none", mode: "one process each", rounds: 1 };
const machine = describeMachine(setting);
const costs = (algorithm ?? Object.keys(SUBJECTS)).map((name) => measure(name, sizes));
const over = costs.flatMap(({ name, rows }) =>
  rows
    .filter(({ servers, pickNs }) => isOver(name, servers, pickNs))
    .map((row) => ({ name, ...row })),
);
if (json) console.log(JSON.stringify({ machine, costs, over }, undefined, 2));
else {
  const warning = busyWarning(machine);
  console.log(`${machine.cpu}, Node ${machine.node}, load average ${machine.loadAverage}`);
  if (warning !== undefined) console.log(warning);
  console.log(["", ...costTable(costs)].join("\n"));
}
