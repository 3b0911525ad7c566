// Runs `tandem lab` on scenarios in which requests never end, or in which more work arrives than the servers can do, and
// on a ring of very many servers. Tests that the command says so wherever it shows a figure.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { lab } from "./support/command.ts";

const HANGING = {
  name: "one hangs",
  durationMs: 10_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 100 } },
  service: { kind: "exponential", mean: 8 },
  servers: [{ count: 2 }],
  faults: [{ kind: "crash", mode: "hang", servers: [1], atMs: 2_000 }],
};
const OVERLOADED = {
  ...HANGING,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 262.5 } },
  faults: [],
};
const RANKED = ["--seeds", "10", "--algorithms", "round-robin", "least-conn"];

t.test(
  "requests that are never answered are errors, and the algorithm pays for them",
  async (t) => {
    const folder = t.testdir({ "hangs.json": JSON.stringify(HANGING) });
    const words = ["run", join(folder, "hangs.json"), ...RANKED];
    const [text, json] = await Promise.all([
      lab(...words, "--out", join(folder, "out")),
      lab(...words, "--json"),
    ]);
    t.match(text.stdout, /p99 .* errors .* never answered/);
    t.match(text.stdout, /round-robin +≥ [\d,]+ ±\d+ ms .* (39|40|41)\.\d+ ±.* %/);
    t.match(text.stdout, /least-conn .* lower by .* \(better\)/);
    t.match(text.stdout, /^never answered: counted as errors/m);
    const [roundRobin, leastConn] = JSON.parse(json.stdout).results;
    t.ok(Math.abs(roundRobin.unanswered - 0.4) < 0.02, `${roundRobin.unanswered}`);
    t.ok(leastConn.unanswered < 0.05);
    t.ok(roundRobin.metrics[2].mean > 38, "per cent of errors");
    t.match(roundRobin, { unstable: null, notes: [] });
    const csv = (name: string) => readFileSync(join(folder, "out", `own-${name}.csv`), "utf8");
    t.match(csv("lost-requests-over-time"), /^round-robin,9\.\d+,[45]\d\./m);
    const curve = csv("tail")
      .split("\n")
      .filter((row) => row.startsWith("round-robin,"));
    t.match(curve.at(-1), /^round-robin,[\d.]+,(39|40|41)/, "the curve ends at the lost share");
  },
);

t.test("a load above the capacity is called unstable, and has no mean", async (t) => {
  const folder = t.testdir({ "over.json": JSON.stringify(OVERLOADED) });
  const over = join(folder, "over.json");
  const [text, json, compared, report] = await Promise.all([
    lab("run", over, ...RANKED),
    lab("run", over, ...RANKED, "--json"),
    lab("compare", over, "round-robin", "least-conn"),
    lab("report", over, "--seeds", "1", "--out", join(folder, "report.html")),
  ]);
  t.match(text.stdout, /least-conn +unstable, ρ = 1\.05 +unstable, ρ = 1\.05 .* not compared/);
  t.match(text.stdout, /^unstable: more work arrives/m);
  for (const { unstable, metrics, comparison } of JSON.parse(json.stdout).results) {
    t.equal(unstable, 1.05);
    t.match(metrics.slice(0, 2), [
      { mean: null, low: null },
      { mean: null, high: null },
    ]);
    t.ok(metrics[2].mean > 1, "per cent of errors");
    t.equal(comparison, null);
  }
  t.match(compared.stdout, /p99 +unstable, ρ = 1\.05 +unstable, ρ = 1\.05 .* not compared/);
  t.equal(report.code, 0, report.stderr);
  t.match(readFileSync(join(folder, "report.html"), "utf8"), "unstable, ρ = 1.05");
});

t.test("a server that is overloaded by the algorithm alone is named", async (t) => {
  const unequal = { ...HANGING, faults: [], servers: [{ count: 1 }, { count: 1, speed: 0.3 }] };
  const folder = t.testdir({ "unequal.json": JSON.stringify(unequal) });
  const file = join(folder, "unequal.json");
  const [text, json, compared, report] = await Promise.all([
    lab("run", file, ...RANKED),
    lab("run", file, ...RANKED, "--json"),
    lab("compare", file, "round-robin", "least-conn"),
    lab("report", file, "--seeds", "2", "--out", join(folder, "report.html")),
  ]);
  const said =
    /overloaded servers, whose queues grow .*: as given, round-robin \(s1, ρ = 1\.3\d?\)/;
  t.match(text.stdout, said);
  t.notMatch(text.stdout, "unstable");
  t.notMatch(text.stdout, /least-conn \(/);
  t.match(compared.stdout, said);
  const [roundRobin, leastConn] = JSON.parse(json.stdout).results;
  t.match(roundRobin.overloaded, [{ server: "s1" }]);
  t.ok(Math.abs(roundRobin.overloaded[0].load - 1.333) < 0.02);
  t.same(leastConn.overloaded, []);
  t.equal(report.code, 0, report.stderr);
  t.match(readFileSync(join(folder, "report.html"), "utf8"), "round-robin (s1, ρ = 1.3");
});

t.test(
  "with deadlines, the latencies by which algorithms are ranked contain timeouts",
  async (t) => {
    const faults = [{ ...HANGING.faults[0], forMs: 2_000 }];
    const patient = { ...HANGING, faults, client: { timeoutMs: 300 } };
    const folder = t.testdir({ "patient.json": JSON.stringify(patient) });
    const { stdout } = await lab("run", join(folder, "patient.json"), ...RANKED);
    t.match(stdout, /p99 with timeouts +mean with timeouts/);
    t.match(stdout, /round-robin +300 ms/);
    t.match(stdout, /least-conn .* lower by .* \(better\)/);
  },
);

t.test("a ring whose points are capped says so", async (t) => {
  const many = {
    ...OVERLOADED,
    durationMs: 100,
    servers: [{ count: 2_000 }],
    keys: { count: 9, zipf: 0 },
  };
  const folder = t.testdir({ "many.json": JSON.stringify(many) });
  const words = ["--seeds", "1", "--algorithms", "uri:hash.method=ring", "uri"];
  const { stdout } = await lab("run", join(folder, "many.json"), ...words);
  t.match(stdout, /^the ring has 131 points per unit of weight instead of 160 /m);
});
