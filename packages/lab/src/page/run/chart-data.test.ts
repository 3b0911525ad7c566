// Tests the columns of the page's charts: two runs with the same latencies differ when one of them loses requests.
import t from "tap";
import type { Scenario } from "../../sim/scenario.ts";
import { lostShare, stripColumns, tailTables } from "./chart-data.ts";
import { Lane } from "./lane.ts";

const BASE: Scenario = {
  name: "charts",
  durationMs: 20_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 200 } },
  service: { kind: "constant", value: 10 },
  servers: [{ count: 2, workers: 100 }],
};

function seen(more: Partial<Scenario>) {
  const lane = new Lane({ ...BASE, ...more }, { algorithm: "round-robin", parameters: {} }, 1);
  lane.runUntil(20_500);
  const { detail } = lane.frame(true);
  if (detail === undefined) throw new Error("no figures");
  return { rows: [...detail.rows], detail };
}

const healthy = seen({});
const failing = seen({ faults: [{ kind: "errors", servers: [1], share: 0.11 }] });
const hanging = seen({ faults: [{ kind: "crash", mode: "hang", servers: [1], atMs: 10_000 }] });
const patient = seen({
  client: { timeoutMs: 300 },
  faults: [{ kind: "crash", mode: "hang", servers: [1], atMs: 10_000 }],
});

t.test("losses have a column of their own", async (t) => {
  t.ok(Math.abs(lostShare(failing) - 0.055) < 0.01, `${lostShare(failing)}`);
  const [seconds = [], healthyP99, , failingP99, , none, lost = []] = stripColumns([
    healthy,
    failing,
  ]);
  t.same(failingP99, healthyP99, "the latencies are alike");
  t.same(
    none,
    seconds.map(() => null),
    "nothing lost, nothing drawn",
  );
  const mean = lost.reduce<number>((sum, share) => sum + (share ?? 0), 0) / lost.length;
  t.ok(Math.abs(mean - 5.5) < 1, `${mean}`);
});

t.test("so have requests that are never answered, while they are lost", async (t) => {
  const [, , , , , lost = []] = stripColumns([hanging]);
  t.ok(lost.slice(0, 9).every((share) => share === 0));
  for (const share of lost.slice(11)) t.ok(Math.abs((share ?? 0) - 50) < 10, `${share}`);
});

t.test("an unstable run loses what its queues grow by", async (t) => {
  const tooMuch = seen({ servers: [{ count: 2, speed: 0.8 }] });
  const { counts } = tooMuch.detail.figures;
  t.ok(counts.unanswered > 500, `${counts.unanswered}`);
  const share = counts.unanswered / (counts.unanswered + counts.ok);
  t.ok(Math.abs(lostShare(tooMuch) - share) < 1e-9, `${lostShare(tooMuch)} and ${share}`);
  const [, , , , , lost = []] = stripColumns([tooMuch]);
  const mean = lost.reduce<number>((sum, part) => sum + (part ?? 0), 0) / lost.length;
  t.ok(Math.abs(mean / 100 - share) < 0.04, `${mean} % of each interval, ${share} of all`);
});

t.test("a lane that is not there has nothing", async (t) => {
  const [, , , ofB] = stripColumns([hanging]);
  t.ok(ofB?.every((value) => value === null));
  t.same(tailTables([hanging])[1], [[], []]);
  t.same(stripColumns([]), [[], [], [], [], [], [], []]);
  t.equal(lostShare({ rows: [], detail: undefined }), 0);
});

t.test("timeouts are in both charts, at the deadline", async (t) => {
  const [, p99 = []] = stripColumns([patient]);
  for (const value of p99.slice(11, 19)) t.ok(Math.abs((value ?? 0) - 300) < 3, `${value}`);
  const [latencies = [], shares = []] = tailTables([patient])[0] ?? [];
  t.ok(Math.abs((latencies.at(-1) ?? 0) - 300) < 5, `${latencies}`);
  t.ok(Math.abs((shares.at(-1) ?? 0) - 0.25) < 0.02, `${shares}`);
});

t.test("the tail does not fall below the share that is never answered", async (t) => {
  const [latencies = [], shares = []] = tailTables([hanging, patient])[0] ?? [];
  t.ok(Math.abs((shares.at(-1) ?? 0) - 0.25) < 0.02, `${shares}`);
  t.ok((latencies.at(-1) ?? 0) > 500, "and goes on beyond the other curve");
  t.same(
    latencies,
    latencies.toSorted((a, b) => a - b),
  );
});
