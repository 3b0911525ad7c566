// Runs the micro benchmark for one algorithm and a few servers, and checks its figures.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { medianCost, pickRatios } from "./comparison.ts";
import { inTurns } from "./measure.ts";
import type { Cost } from "./row.ts";
import { SIMULATOR_CASES, scenarioOf } from "./simulator/cases.ts";
import { speedTable } from "./simulator/table.ts";
import { budgetNs, SUBJECTS } from "./subjects.ts";
import { costTable, ratioTable } from "./table.ts";

const ROOT = join(import.meta.dirname, "../../..");
const WEIGHTED = "least-conn, 1000, weights 1 to 3";

t.test("npm run bench:micro -- --json", async (t) => {
  const main = join(import.meta.dirname, "main.ts");
  const args = [main, "--json", "--algorithm", "prequal", "--servers", "3"];
  const { costs } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as {
    costs: Cost[];
  };
  const [row] = costs[0]?.rows ?? [];
  t.equal(costs[0]?.name, "prequal");
  t.equal(row?.servers, 3);
  for (const ns of [row?.pickNs, row?.feedbackNs])
    t.ok(ns !== undefined && ns > 1 && Number.isFinite(ns));
  // A pick allocates nothing. The measurement itself allocates a few bytes for each pick.
  t.ok(row !== undefined && row.pickBytes >= 0 && row.pickBytes < 200, `${row?.pickBytes} bytes`);
});

t.test("what is over budget is marked", async (t) => {
  const row = { feedbackNs: 5, pickBytes: 0, requestBytes: 0 };
  const rows = [
    { ...row, servers: 10, pickNs: 101 },
    { ...row, servers: 1_000, pickNs: 1_001 },
  ];
  const lines = costTable([
    { name: "random", rows },
    { name: "least-conn", rows },
  ]);
  t.match(lines[1], /^random +101! +1001!$/);
  t.match(lines[2], /^least-conn +101! +1001$/, "a scan has no budget at 1000");
  for (const subject of Object.values(SUBJECTS)) t.equal(budgetNs(2, subject), 100);
});

t.test("a comparison takes the ratio round by round", async (t) => {
  const cost = (pickNs: number): Cost => ({
    name: "random",
    rows: [{ servers: 10, pickNs, feedbackNs: 5, pickBytes: 0, requestBytes: 0 }],
  });
  // In the second round the machine is three times as slow, for both revisions.
  const [ours, theirs] = [[10, 30, 12].map(cost), [20, 60, 20].map(cost)];
  t.same(pickRatios(ours, theirs), [0.5]);
  t.equal(medianCost(ours).rows[0]?.pickNs, 12);
  t.match(ratioTable([{ name: "random", ratios: [0.5] }], [10], "HEAD~1"), [
    /^time of a pick ÷ HEAD~1 +10$/,
    /^random +0\.50$/,
  ]);
});

t.test("revisions are measured in turns", async (t) => {
  const order: string[] = [];
  const revisions = ["a", "b"].map((root) => ({ name: root, root }));
  const found = inTurns(revisions, 2, (root) => order.push(root));
  t.same(order, ["a", "b", "b", "a"]);
  t.same(found, [
    [1, 4],
    [2, 3],
  ]);
});

t.test("the weighted runs have the same load as the others", async (t) => {
  for (const one of SIMULATOR_CASES) {
    const { servers } = scenarioOf(one) as { servers: { count: number; speed?: number }[] };
    t.equal(
      servers.reduce((sum, { count }) => sum + count, 0),
      one.servers,
    );
    const speed = servers.reduce((sum, group) => sum + group.count * (group.speed ?? 1), 0);
    t.ok(
      Math.abs(speed / one.servers - 1) < 0.06,
      `${one.name}: mean speed ${speed / one.servers}`,
    );
  }
});

t.test("the simulator's process prints its speed", async (t) => {
  const args = [
    join(import.meta.dirname, "simulator/simulator-process.ts"),
    ROOT,
    WEIGHTED,
    "3000",
  ];
  const speed: unknown = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  t.ok(typeof speed === "number" && speed > 0, `${speed}`);
  t.match(speedTable([{ name: WEIGHTED, requestsPerSecond: [2e6], ratio: 1.5 }], "HEAD~1"), [
    /this {2}÷ HEAD~1$/,
    /^least-conn, 1000, weights 1 to 3 +2\.00 {2}× 1\.50$/,
  ]);
});
