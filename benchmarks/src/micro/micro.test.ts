// Runs the micro benchmark for one algorithm and a few servers, and checks its figures.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import type { Cost } from "./row.ts";
import { budgetNs, SUBJECTS } from "./subjects.ts";
import { costTable } from "./table.ts";

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
