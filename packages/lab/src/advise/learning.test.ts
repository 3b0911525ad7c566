// What a log and a running balancer tell, against the values that made them.
import t from "tap";
import { formatNamed, logOf } from "../../test/support/made-log.ts";
import { compileDistribution } from "../sim/distribution.ts";
import { Stream } from "../sim/stream.ts";
import { learnFromLog } from "./from-log.ts";
import { learnFromStatus, requestsBetween, type Watched } from "./from-status.ts";
import { busiest, rhythmOf } from "./log-rhythm.ts";
import { scenarioOf } from "./site.ts";
import { weightsFor } from "./weights.ts";

const stream = new Stream(7, "test");
const work = compileDistribution({ kind: "lognormal", mean: 20, sigma: 1 });

/** A log of requests by chance, 100 a second, to servers of the given speeds in turn. */
function madeLog(count: number, speeds: readonly number[], names = ["web1", "web2", "web3"]) {
  let time = 1_700_000_000_000;
  const rows = Array.from({ length: count }, (_, i) => {
    time += 10 * stream.exponential();
    const server = i % speeds.length;
    return { arrivedMs: time, serverMs: work.sample(stream) / (speeds[server] ?? 1), server };
  });
  return logOf(rows, names.slice(0, speeds.length));
}

t.test("speeds, rate and work of a log", async (t) => {
  const found = learnFromLog(madeLog(8_000, [1, 0.5]), { name: "x.log", workers: 50 });
  const [one, half] = found.speeds ?? [];
  t.ok(found.speedsDiffer);
  t.same(one, { value: 1, low: 1, high: 1 });
  t.ok((half?.low ?? 9) < 0.5 && (half?.high ?? 0) > 0.5, `${half?.low} to ${half?.high}`);
  t.ok((found.rate?.low ?? 999) < 100 && (found.rate?.high ?? 0) > 100);
  t.ok((found.meanMs?.low ?? 999) < 20.5 && (found.meanMs?.high ?? 0) > 19.5, "work at speed 1");
  t.ok((found.dispersion ?? 9) < 1.5);
  t.equal(found.arrivalsMs, undefined, "by chance, so not replayed");
  t.match(found.source, "x.log, 8,000 requests");
});

t.test("servers that are alike are found alike, and rare ones are not judged", async (t) => {
  const alike = learnFromLog(madeLog(4_000, [1, 1, 1]), { name: "x.log", workers: 50 });
  t.equal(alike.speedsDiffer, false);
  const log = madeLog(400, [1, 0.1]);
  const rare = {
    ...log,
    requests: log.requests.filter(({ server }, i) => server === 0 || i < 20),
  };
  const found = learnFromLog(rare, { name: "x.log", workers: 50 });
  t.equal(found.speedsDiffer, false);
  t.match(found.unknown, ["the speed of web2: too few requests to tell"]);
});

t.test("a log without times or servers says what it lacks", async (t) => {
  const log = madeLog(500, [1]);
  const untimed = learnFromLog({ ...log, format: formatNamed("combined") }, { name: "x.log" });
  t.equal(untimed.work, undefined);
  t.match(untimed.unknown, ["how long requests take: the log has no times"]);
  const nameless = learnFromLog({ ...log, servers: [] }, { name: "x.log" });
  t.match(nameless.unknown, ["the servers: the log does not name them"]);
});

t.test("bursts are told from chance, and the busiest quarter of an hour is taken", async (t) => {
  const even = Array.from({ length: 3_000 }, (_, i) => i * 10);
  t.equal(rhythmOf(even).bursty, false, "more even than chance");
  const bursts = Array.from({ length: 3_000 }, (_, i) => Math.floor(i / 300) * 10_000 + (i % 300));
  t.ok(rhythmOf(bursts).bursty);
  t.ok(Number.isNaN(rhythmOf([0, 10, 20]).dispersion), "three requests tell nothing");
  const hour = 3_600_000;
  const day = [
    ...Array.from({ length: 100 }, (_, i) => i * 60_000),
    ...Array.from({ length: 500 }, (_, i) => 5 * hour + i * 1_000),
  ].map((arrivedMs) => ({ arrivedMs }));
  const chosen = busiest(day);
  t.equal(chosen.length, 500);
  t.equal(chosen[0]?.arrivedMs, 5 * hour);
});

/** A backend as it stands in a status; times in seconds. */
function backend(
  requests: readonly [number, number],
  averages: readonly [number, number],
  more = {},
) {
  const servers = [0, 1].map((i) => ({
    name: `web${i + 1}`,
    state: "UP",
    userWeight: i + 1,
    backup: false,
    inFlight: 1,
    maxConnections: 0,
    requests: requests[i] ?? 0,
    averages: { response: averages[i] ?? 0 },
    ...more,
  }));
  return {
    name: "web",
    mode: "http",
    algorithm: "least-conn",
    requests: requests[0] + requests[1],
    servers,
  };
}

const watched = (first: Watched["first"], last: Watched["last"]): Watched => ({
  ...{ first, last, seconds: 10, source: "127.0.0.1:8404" },
  mostInFlight: new Map([["web1", 3]]),
});

t.test("two looks at a balancer give what happened between them", async (t) => {
  // Since the start 1000 requests of 10 ms each; between the looks 1000 more of 30 ms, and 1000 of 60 ms at the other one.
  const looks = watched(
    backend([1_000, 1_000], [0.01, 0.01]),
    backend([2_000, 2_000], [0.02, 0.035]),
  );
  t.equal(requestsBetween(looks), 2_000);
  const found = learnFromStatus(looks);
  t.ok(Math.abs((found.rate?.value ?? 0) - 200) < 1e-9);
  t.ok(found.speedsDiffer);
  t.ok(Math.abs((found.speeds?.[1]?.value ?? 0) - 0.5) < 1e-9);
  t.ok(Math.abs((found.meanMs?.value ?? 0) - 30) < 1e-9, "work at speed 1");
  t.same(found.weights, [1, 2]);
  t.equal(found.algorithm, "least-conn");
  t.match(found.unknown.join("\n"), /how the times .* are spread.*\n.*up to 3 were seen/);
});

t.test("servers that are down, limited or backups", async (t) => {
  const [none, some] = [
    backend([0, 0], [0, 0]),
    backend([500, 500], [0.02, 0.02], { maxConnections: 4 }),
  ];
  t.equal(learnFromStatus(watched(none, some)).maxConnections, 4);
  const down = backend([500, 500], [0.02, 0.02], { state: "DOWN" });
  t.match(learnFromStatus(watched(none, down)).unknown.join("\n"), "how web1 does: it is DOWN");
  const backups = backend([500, 0], [0.02, 0], { backup: true });
  t.same(learnFromStatus(watched(none, backups)).names, []);
});

t.test("weights are small whole numbers in proportion", async (t) => {
  t.same(weightsFor([1, 2]), [1, 2]);
  t.same(weightsFor([1, 1, 1]), [1, 1, 1]);
  t.same(weightsFor([1, 0.5]), [2, 1]);
  t.same(weightsFor([1, 2.03]), [1, 2]);
  t.same(weightsFor([2, 3]), [2, 3]);
  t.same(weightsFor([1, 256]), [1, 256]);
  t.same(weightsFor([1, 1000]), [1, 256], "more than tandem.yaml takes");
});

t.test("weights are as round as the speeds are uncertain", async (t) => {
  t.same(weightsFor([1, 0.62], [0, 0.11]), [3, 2]);
  t.same(weightsFor([1, 0.62]), [8, 5]);
});

t.test(
  "a speed that is uncertain is drawn for each seed, and one that is said is not",
  async (t) => {
    const choice = { rate: 10, requests: 100, weights: [1, 1] };
    const speedsOf = (speedError: number, seed: number) =>
      scenarioOf(
        {
          servers: [
            { name: "a", speed: 1, weight: 1 },
            { name: "b", speed: 0.5, speedError, weight: 1 },
          ],
          ...{ workers: 1, rate: 10, maxConnections: 0 },
          work: { kind: "drawn", distribution: { kind: "constant", value: 10 } },
        },
        { ...choice, seed },
      ).servers.map(({ speed = 1 }) => speed);
    t.same(speedsOf(0, 1), [1, 0.5]);
    const drawn = Array.from({ length: 400 }, (_, i) =>
      Math.log((speedsOf(0.2, i + 1)[1] ?? 1) / 0.5),
    );
    const mean = drawn.reduce((sum, one) => sum + one, 0) / drawn.length;
    const spread = Math.sqrt(drawn.reduce((sum, one) => sum + (one - mean) ** 2, 0) / drawn.length);
    t.ok(Math.abs(mean) < 0.04 && Math.abs(spread - 0.2) < 0.03, `${mean} ± ${spread}`);
    t.same(speedsOf(0.2, 7), speedsOf(0.2, 7), "the same seed has the same speeds");
  },
);
