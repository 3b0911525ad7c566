// npm run bench:micro: measures the cost of a pick, for every algorithm and from 2 to 10 000 servers, and the speed of
// the laboratory's simulator, for this revision or beside another one.
import { join } from "node:path";
import { busyWarning, describeMachine } from "../machine.ts";
import { runMain } from "../process/run-main.ts";
import { checkOut } from "../revision.ts";
import { medianCost, medianRatio, pickRatios } from "./comparison.ts";
import { inTurns, type Measured, measurePicks, measureSimulator } from "./measure.ts";
import { type Options, parseOptions } from "./options.ts";
import { SIMULATOR_CASES } from "./simulator/cases.ts";
import { type Speed, speedTable } from "./simulator/table.ts";
import { costTable, isOver, ratioTable } from "./table.ts";

const ROOT = join(import.meta.dirname, "../../..");

function measureAll(
  { algorithms, sizes, tables, rounds }: Options,
  revisions: readonly Measured[],
) {
  const picks = tables.includes("picks") ? algorithms : [];
  const found = picks.map((name) =>
    inTurns(revisions, rounds, (root) => measurePicks(root, name, sizes)),
  );
  const cases = tables.includes("simulator") ? SIMULATOR_CASES : [];
  const speeds = cases.map(({ name }): Speed => {
    const [ours = [], theirs = []] = inTurns(revisions, rounds, (root) =>
      measureSimulator(root, name),
    );
    const ratio = theirs.length === 0 ? undefined : medianRatio(ours, theirs);
    return { name, requestsPerSecond: ours, ratio };
  });
  const costs = found.map(([ours = []]) => medianCost(ours));
  const ratios = found.flatMap(([ours = [], theirs = []]) =>
    theirs.length === 0 ? [] : [{ name: ours[0]?.name ?? "", ratios: pickRatios(ours, theirs) }],
  );
  return { costs, ratios, speeds };
}

function main(): void {
  const options = parseOptions(process.argv.slice(2));
  const setting = { pinning: "not pinned", mode: "one process each" };
  const machine = describeMachine(setting);
  using other = options.compare === undefined ? undefined : checkOut(options.compare);
  const revisions = [{ name: "this", root: ROOT }, ...(other === undefined ? [] : [other])];
  const { costs, ratios, speeds } = measureAll(options, revisions);
  const over = costs.flatMap(({ name, rows }) =>
    rows
      .filter(({ servers, pickNs }) => isOver(name, servers, pickNs))
      .map((row) => ({ name, ...row })),
  );
  if (options.json) {
    console.log(JSON.stringify({ machine, costs, ratios, speeds, over }, undefined, 2));
    return;
  }
  const warning = busyWarning(machine);
  console.log(`${machine.cpu}, Node ${machine.node}, load average ${machine.loadAverage}`);
  if (warning !== undefined) console.log(warning);
  if (costs.length > 0) console.log(["", ...costTable(costs)].join("\n"));
  if (ratios.length > 0)
    console.log(["", ...ratioTable(ratios, options.sizes, other?.name ?? "")].join("\n"));
  if (speeds.length > 0) console.log(["", ...speedTable(speeds, other?.name)].join("\n"));
}

await runMain(async () => {
  main();
  return 0;
});
