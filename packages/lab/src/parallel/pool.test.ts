// The pool of threads: first what ends it, then that its answers do not depend on the number of threads.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { runStudy, runStudyOn } from "../scenarios/run-study.ts";
import { CANDIDATES, METRICS, type Study } from "../scenarios/study.ts";
import type { Scenario } from "../sim/scenario.ts";
import { runnerOf } from "./executor.ts";
import { type PoolOptions, ThreadPool } from "./pool.ts";

const SCENARIO: Scenario = {
  name: "small",
  durationMs: 1_000,
  warmupMs: 100,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 300 } },
  service: { kind: "exponential", mean: 5 },
  servers: [{ count: 2 }],
};

/** Writes an algorithm of a user's own, whose `pick` has this body, and returns its path. */
function picking(t: Test, body: string, top = ""): string {
  const file = join(t.testdir(), "mine.js");
  writeFileSync(
    file,
    `${top}
    export function createPicker() {
      let servers = [];
      return {
        why: "first-choice",
        update(list) { servers = list; },
        pick({ tried }) {
          const open = servers.filter((one) => one.usable && !tried.includes(one));
          ${body}
        },
      };
    }`,
  );
  return file;
}

/** Runs the file with three seeds on a pool, and returns the error that ends it. */
async function failureOf(own: string, options: Partial<PoolOptions> = {}): Promise<Error> {
  await using pool = new ThreadPool({ threads: 2, owns: [own], ...options });
  const candidate = { label: own, algorithm: own };
  const runs = [1, 2, 3].map((seed) =>
    runnerOf(pool).simulate({ scenario: SCENARIO, candidate, seed, anySize: false }),
  );
  const ends = await Promise.allSettled(runs);
  const errors = ends.map((end) => (end.status === "rejected" ? end.reason : undefined));
  if (errors.some((error) => error !== errors[0])) throw new Error("they end alike");
  await pool.ready().then(
    () => Promise.reject(new Error("no more work is taken")),
    () => undefined,
  );
  return errors[0];
}

const LOOPS: readonly (readonly [where: string, body: string, top: string, message: RegExp])[] = [
  [
    "in a pick",
    "for (;;);",
    "",
    /mine\.js: 'pick' has not ended for 1 s, so it may be an endless loop in 'small' with .*mine\.js and seed \d; stopped$/,
  ],
  ["at the top", "", "for (;;);", /mine\.js: loading it has not ended for 1 s/],
  [
    "that waits",
    "",
    "await new Promise(() => setInterval(() => 0, 9));",
    /mine\.js: loading it has not ended/,
  ],
];
for (const [where, body, top, message] of LOOPS)
  t.test(`an endless loop ${where} of a file`, async (t) => {
    const error = await failureOf(picking(t, body, top), { patienceMs: 1_000 });
    t.match(error, { message, exitCode: where === "in a pick" ? 1 : 2 });
  });

for (const [top, message] of [
  ["await new Promise(() => 0);", /mine\.js cannot be loaded: an 'await' at its top waits/],
  ["process.exit(7);", /mine\.js cannot be loaded: it ends the process with code 7$/],
] as const)
  t.test(`a file that begins with ${top} does not load`, async (t) => {
    t.match(await failureOf(picking(t, "", top)), { message, exitCode: 2 });
  });

t.test("a file that ends the process ends its thread only", async (t) => {
  const file = picking(t, "process.exit(7);");
  const { message } = await failureOf(file);
  t.match(message, /^a thread ended with code 7 in 'small' .*a file of your own must not end/);
});

t.test("a file that fills the memory", async (t) => {
  const file = picking(t, "for (const all = []; ; ) all.push({ all, of: [all.length] });");
  const limits = { maxOldGenerationSizeMb: 40 };
  t.match(await failureOf(file, { limits, patienceMs: 60_000 }), {
    message: /^a thread ran out of memory in 'small' .*; fewer --threads/,
    exitCode: 1,
  });
});

t.test("a file that throws while it is loaded", async (t) => {
  const file = picking(t, "", "throw new Error('on strike');");
  t.match(await failureOf(file), {
    message: /mine\.js cannot be loaded: on strike\n {2}at .*mine\.js:1/,
    exitCode: 2,
  });
});

t.test("a scenario that is refused", async (t) => {
  await using pool = new ThreadPool({ threads: 1 });
  const scenario = { ...SCENARIO, durationMs: -1 };
  const run = { scenario, candidate: CANDIDATES.leastConn, seed: 1, anySize: false };
  await t.rejects(runnerOf(pool).simulate(run), { exitCode: 2, message: /durationMs/ });
});

const study: Study = {
  id: "own",
  name: "small",
  title: "two servers",
  question: "how long?",
  candidates: [CANDIDATES.roundRobin, CANDIDATES.random1, CANDIDATES.leastConn],
  metrics: [METRICS.p99, METRICS.imbalance],
  variants: () =>
    [1, 2].map((count) => ({
      label: `${count}`,
      scenario: { ...SCENARIO, servers: [{ count }] },
    })),
};

t.test("the rows are the same on any number of threads", async (t) => {
  const options = { seeds: [1, 2, 3] };
  const expected = [...runStudy(study, options)];
  for (const threads of [1, 2, 5]) {
    await using pool = new ThreadPool({ threads });
    const rows = await runStudyOn(runnerOf(pool), study, options);
    t.same(rows, expected, `${threads} threads`);
    t.same(
      rows.map(({ result }) => result.histogram.state()),
      expected.map(({ result }) => result.histogram.state()),
    );
  }
  t.same(await runStudyOn(runnerOf(undefined), study, options), expected, "in this thread");
});

t.test(
  "faults of a file are counted over all threads, and calls that end are no loop",
  async (t) => {
    const file = picking(t, "if (open.length > 1) throw new Error('oops'); return open[0];");
    let count = 0;
    await using pool = new ThreadPool({
      threads: 2,
      owns: [file],
      patienceMs: 400,
      faults: (faults) => {
        for (const [fault, times] of faults) {
          t.match(fault, /mine\.js: threw in pick: oops/);
          count += times;
        }
      },
    });
    const candidate = { label: file, algorithm: file };
    const runs = [1, 2, 3, 4].map((seed) =>
      runnerOf(pool).simulate({ scenario: SCENARIO, candidate, seed, anySize: false }),
    );
    const arrived = (await Promise.all(runs)).reduce((sum, result) => sum + result.arrived, 0);
    t.equal(count, arrived);
  },
);
