// Tests the report in the terminal, with results made by hand.
import t from "tap";
import { own } from "../load/own.ts";
import type { Machine } from "../machine.ts";
import { type Figures, summarise } from "../run/result.ts";
import type { WorkloadReport } from "../run/run-workload.ts";
import { smallKeepalive } from "../workloads/small-keepalive.ts";
import { twoThreads } from "../workloads/two-threads.ts";
import type { Workload } from "../workloads/workload.ts";
import { barLines } from "./bars.ts";
import { oursFailed } from "./report.ts";
import { table } from "./table.ts";

const FIGURES: Figures = {
  requestsPerSecond: 123_456,
  cpuMicrosecondsPerRequest: 1234,
  p50Ms: 1000,
  p99Ms: 2000,
  p999Ms: 3000,
  rssBytes: 1e9,
  busy: 1.85,
};

const MACHINE: Machine = {
  cpu: "A",
  cores: 2,
  memoryBytes: 1,
  kernel: "K",
  node: "26",
  pinning: "pinned",
  mode: "saturating",
  date: "",
  loadAverage: 0,
};

/** The figures of each peer, round by round. */
type Rounds = Readonly<Record<string, readonly Partial<Figures>[]>>;

function reportOf(workload: Workload, peers: Rounds): WorkloadReport {
  const measured = Object.entries(peers).map(([name, rounds]) =>
    summarise(
      { name, version: "1.2.3" },
      rounds.map((round, index) => ({ ...FIGURES, ...round, turn: index + 1 })),
      "cpuMicrosecondsPerRequest",
    ),
  );
  const plan = { rounds: 12, seconds: 0.4, generator: own };
  return { workload, plan, measured, failed: [{ peer: "caddy", step: "warm-up", why: "no luck" }] };
}

const cpu = (...figures: readonly number[]) =>
  figures.map((cpuMicrosecondsPerRequest) => ({ cpuMicrosecondsPerRequest }));

t.test("ratios are those of rounds, in the column and in the bars", async (t) => {
  // The medians are 20 and 20, so their quotient would be 1. Compared round by round, Tandem costs more in two rounds
  // of three.
  const workload = reportOf(smallKeepalive, {
    tandem: cpu(30, 20, 10),
    haproxy: cpu(20, 10, 20),
    "http-proxy": cpu(40, 80, 200),
  });
  const lines = table({ machine: MACHINE, workloads: [workload] });
  t.ok(lines.every((line) => line.length <= 100));
  t.ok(lines.includes("12 rounds of 0.4 s by own"));
  t.ok(lines.includes("caddy: warm-up failed: no luck"));
  t.match(
    lines.find((line) => line.startsWith("haproxy")),
    / 1\.2\.3 +123460 +20\.0 +1\.50 /,
  );
  t.same(barLines({ machine: MACHINE, workloads: [workload] }), [
    "  MISSED  small-keepalive: CPU per request 1.50 × haproxy, 0.50 to 2.00 (at most 1.25)",
    "  MISSED  small-keepalive: CPU per request 0.25 × http-proxy, 0.05 to 0.75 (at most 0.20)",
    "  note    small-keepalive: haproxy itself 0.13 × http-proxy",
  ]);
});

/**
 * Returns the report's lines about two threads that carried `times` as many requests as one thread, on a machine with
 * `cores` cores, `busy` of which they used.
 */
function twoThreadsOf(cores: number, times: number, busy: number): string {
  const two = { requestsPerSecond: FIGURES.requestsPerSecond * times, busy };
  const workload = reportOf(twoThreads, { tandem: [{}], "tandem-2-threads": [two] });
  const report = { machine: { ...MACHINE, cores }, workloads: [workload] };
  for (const line of table(report)) t.ok(line.length <= 100, line);
  return barLines(report).join("\n");
}

t.test("two threads: judged where cores, and their client, allow it", async (t) => {
  t.match(twoThreadsOf(3, 1.7, 1.9), /^ {2}met {5}two-threads: requests\/s 1\.70 × one thread's/);
  t.match(twoThreadsOf(3, 1.5, 1.9), /^ {2}MISSED {2}two-threads: requests\/s 1\.50/);
  t.match(twoThreadsOf(4, 1.5, 1.4), /^ {2}-- .* 1\.50 .*: no verdict, 140% of 200% used$/);
  const few = twoThreadsOf(2, 1, 1.4);
  t.match(few, /^ {2}-- .*requests\/s not measured: that needs 3 cores, here are 2\n/);
  t.match(few, /CPU per request 1\.00 × one thread's, 1\.00 to 1\.00/);
});

t.test("a failure of a Tandem is one of the run", async (t) => {
  const failedBy = (workload: WorkloadReport): boolean =>
    oursFailed({ machine: MACHINE, workloads: [workload] });
  const report = reportOf(twoThreads, { tandem: [{}], "tandem-2-threads": [{}] });
  const failed = (peer: string) => [{ peer, step: "round 2/12", why: "refused" }];
  for (const peer of ["tandem", "tandem-2-threads", "tandem@HEAD~5"])
    t.ok(failedBy({ ...report, failed: failed(peer) }), peer);
  t.notOk(failedBy({ ...report, failed: failed("undici") }), "undici");
});
