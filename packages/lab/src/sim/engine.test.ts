// Compares the parts of the simulator with figures worked out by hand, with sorted arrays and with a simple model.
import fc from "fast-check";
import t from "tap";
import { imbalanceOf } from "../stats/imbalance.ts";
import { Agenda } from "./agenda.ts";
import { compileArrivals, rateAt } from "./arrivals.ts";
import { AttemptTable } from "./attempt-table.ts";
import { compileDistribution, type Distribution } from "./distribution.ts";
import { LruCache } from "./lru-cache.ts";
import { type StationOptions, Stations } from "./stations.ts";
import { Stream } from "./stream.ts";
import { Zipf } from "./zipf.ts";

t.test("agenda: events happen by time, then in the order they were planned", async (t) => {
  const delays = fc.array(fc.nat(20), { maxLength: 60 });
  fc.assert(
    fc.property(delays, fc.array(fc.nat(3), { minLength: 60, maxLength: 60 }), (times, more) => {
      const agenda = new Agenda();
      const happened: number[] = [];
      const planned: [time: number, id: number][] = [];
      const queue = agenda.fixedDelay(7, (id) => happened.push(id));
      let ids = 0;
      const kind = agenda.kind((id) => {
        happened.push(id);
        // Running events plan more events. One of them goes into the free place at the top of the heap. The others are
        // added at the end of the heap or to the queue with a fixed delay.
        for (let extra = more[id % 60] ?? 0; extra > 0 && ids < 200; extra--) {
          if (extra === 2) {
            planned.push([agenda.now + 7, ids]);
            queue.push(ids++, 0);
          } else {
            planned.push([agenda.now + extra, ids]);
            agenda.at(agenda.now + extra, kind, ids++, 0);
          }
        }
      });
      for (const time of times) {
        planned.push([time, ids]);
        agenda.at(time, kind, ids++, 0);
      }
      agenda.run(10);
      agenda.run(1e9);
      const sorted = planned.map(([time, id]) => ({ time, id }));
      sorted.sort((a, b) => a.time - b.time || a.id - b.id);
      return sorted.every(({ id }, i) => happened[i] === id) && happened.length === ids;
    }),
  );
  const many = new Agenda();
  const order: number[] = [];
  const note = many.kind((id) => order.push(id));
  const ring = many.fixedDelay(1, (id) => order.push(id));
  for (let id = 0; id < 5_000; id++) {
    if (id % 2 === 0) many.at(1, note, id, 0);
    else ring.push(id, 0);
  }
  many.run(0.5);
  t.same([order.length, many.now], [0, 0.5]);
  many.run(1);
  t.same(
    order,
    [...order].sort((a, b) => a - b),
    "the order is kept when the heap and the ring grow",
  );
  t.equal(order.length, 5_000);
});

t.test(
  "an event that is planned alone keeps the order of planning within an instant",
  async (t) => {
    const agenda = new Agenda();
    const happened: string[] = [];
    const note = agenda.kind((id) => happened.push(`heap ${id}`));
    const alone = agenda.sole(() => {
      happened.push("alone");
      if (agenda.now < 3) alone.plan(agenda.now + 1);
    });
    agenda.at(1, note, 1, 0);
    alone.plan(1);
    agenda.at(1, note, 2, 0);
    agenda.at(2, note, 3, 0);
    agenda.run(2.5);
    t.same(happened, ["heap 1", "alone", "heap 2", "heap 3", "alone"]);
    agenda.run(Number.POSITIVE_INFINITY);
    t.equal(happened.length, 6, "once more at 3, and then it is not planned again");
    t.equal(agenda.now, 3);
  },
);

t.test("streams: repeatable, independent of each other, uniform", async (t) => {
  const draw = (seed: number, purpose: string) => {
    const stream = new Stream(seed, purpose);
    return Array.from({ length: 8 }, () => stream.bits());
  };
  t.same(draw(1, "arrivals"), draw(1, "arrivals"));
  const all = [
    draw(1, "arrivals"),
    draw(1, "service"),
    draw(2, "arrivals"),
    draw(2 ** 40, "arrivals"),
  ];
  t.equal(new Set(all.flat()).size, 32, "no two streams share a number");
  const stream = new Stream(3, "test");
  const count = 100_000;
  let [sum, exponential, normal, squares] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    sum += stream.next();
    exponential += stream.exponential();
    const value = stream.normal();
    normal += value;
    squares += value ** 2;
  }
  // The bounds are five standard errors of the mean. The standard deviations of one draw are .29 (uniform), 1
  // (exponential), 1 (normal) and √2 (squared normal). For the standard error each is divided by √100 000.
  const reach = 5 / Math.sqrt(count);
  t.ok(Math.abs(sum / count - 0.5) < 0.29 * reach);
  t.ok(Math.abs(exponential / count - 1) < reach);
  t.ok(Math.abs(normal / count) < reach);
  t.ok(Math.abs(squares / count - 1) < 1.42 * reach);
});

t.test("distributions: samples have the mean and variation that the sampler states", async (t) => {
  const distributions: Distribution[] = [
    { kind: "constant", value: 3 },
    { kind: "exponential", mean: 2 },
    { kind: "uniform", from: 1, to: 4 },
    { kind: "lognormal", mean: 5, sigma: 0.8 },
    { kind: "bounded-pareto", alpha: 1.5, min: 1, max: 20 },
    { kind: "bimodal", fast: 1, slow: 0.1, factor: 10 },
    { kind: "normal", mean: 10, sd: 10 },
    { kind: "trace", values: [1, 2, 6] },
    { kind: "lesser", of: { kind: "exponential", mean: 3 }, and: { kind: "constant", value: 2 } },
  ];
  for (const distribution of distributions) {
    const sampler = compileDistribution(distribution);
    const stream = new Stream(5, distribution.kind);
    const values = Array.from({ length: 120_000 }, () => sampler.sample(stream));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    // Five standard errors of a mean are 5 · cv / √120 000 < 4 %. Five standard errors of the
    // variance of a skewed distribution are about twice as much.
    t.ok(Math.abs(mean / sampler.mean - 1) < 0.03, `${distribution.kind}: mean ${mean}`);
    t.ok(
      Math.abs(variance / mean ** 2 - sampler.cv2) < 0.08 * sampler.cv2 + 1e-9,
      `${distribution.kind}: cv²`,
    );
  }
});

t.test("arrivals: as many as the rate says, in order of time", async (t) => {
  const rate = { kind: "ramp", from: 100, to: 300, startMs: 0, endMs: 10_000 } as const;
  const cases = [
    [{ kind: "poisson", rate: 200 }, 2000],
    [{ kind: "poisson", rate }, 2000],
    [{ kind: "deterministic", ratePerSecond: 200 }, 2000],
    [{ kind: "batch", ratePerSecond: 200, size: 10 }, 2000],
    [
      {
        kind: "mmpp",
        states: [
          { ratePerSecond: 100, meanMs: 50 },
          { ratePerSecond: 300, meanMs: 50 },
        ],
      },
      2000,
    ],
    [{ kind: "poisson", rate: { kind: "diurnal", mean: 200, swing: 1, periodMs: 10_000 } }, 2000],
    [
      {
        kind: "poisson",
        rate: {
          kind: "steps",
          steps: [
            [0, 100],
            [5_000, 300],
          ],
        },
      },
      2000,
    ],
    [{ kind: "trace", timesMs: [1, 5, 5, 9] }, 4],
  ] as const;
  for (const [arrivals, expected] of cases) {
    const process = compileArrivals(arrivals);
    const stream = new Stream(1, "arrivals");
    const times: number[] = [];
    for (let at = process.next(0, stream); at <= 10_000; at = process.next(at, stream))
      times.push(at);
    t.same(
      times,
      [...times].sort((a, b) => a - b),
    );
    // For a Poisson process σ = √2000 = 45. For batches of ten σ is √10 times as much.
    t.ok(
      Math.abs(times.length - expected) < 5 * Math.sqrt(expected) * 3.2,
      `${arrivals.kind}: ${times.length}`,
    );
  }
  const crowd = {
    kind: "flash-crowd",
    base: 10,
    peak: 110,
    atMs: 100,
    riseMs: 100,
    decayMs: 50,
  } as const;
  t.same(
    [0, 150, 200].map((ms) => rateAt(crowd, ms)),
    [10, 60, 110],
  );
});

/** Runs jobs [arrival, work] through one station. Returns the times at which they are done. */
function serve(
  options: Partial<StationOptions>,
  jobs: readonly (readonly [at: number, work: number])[],
  meanwhile: (agenda: Agenda, stations: Stations) => void = () => {},
): number[] {
  const agenda = new Agenda();
  const attempts = new AttemptTable();
  const done: number[] = [];
  const station = {
    workers: 1,
    sharing: false,
    speed: 1,
    queueLimit: Number.POSITIVE_INFINITY,
    ...options,
  };
  const stations = new Stations(agenda, attempts, [station], (slot) => {
    done[attempts.number[slot] ?? -1] = Math.round(agenda.now * 1e6) / 1e6;
  });
  for (const [number, [at, work]] of jobs.entries()) {
    agenda.call(at, () => {
      const slot = attempts.take();
      attempts.number[slot] = number;
      attempts.work[slot] = work;
      stations.enter(0, slot);
    });
  }
  meanwhile(agenda, stations);
  agenda.run(1e6);
  return done;
}

t.test("stations: times worked out by hand", async (t) => {
  const jobs = [
    [0, 4],
    [1, 2],
    [2, 1],
  ] as const;
  t.same(serve({}, jobs), [4, 6, 7], "first come first served");
  t.same(serve({ workers: 2 }, jobs), [4, 3, 4], "two workers: the third waits for the second");
  // One core is shared, with arrivals at 0, 1 and 2. The first job is alone until 1 and gets 1 of work done. Two jobs
  // share until 2 and each gets .5 done. Three jobs share until 5 and each gets 1 done, which completes the third job.
  // Then two jobs share; the second has .5 left and is done at 6. The first has 1 left and is done at 7.
  t.same(serve({ sharing: true }, jobs), [7, 6, 5], "one core shared");
  t.same(
    serve({ sharing: true, workers: 2 }, jobs),
    [4.5, 3.5, 3.5],
    "two cores shared: no request gets more than one core",
  );
  t.same(serve({ speed: 0.5 }, jobs), [8, 12, 14], "half speed");
  const paused = serve({}, jobs, (agenda, stations) => {
    agenda.call(3, () => stations.setSpeed(0, 0));
    agenda.call(13, () => stations.setSpeed(0, 1));
  });
  t.same(paused, [14, 16, 17], "the server pauses for ten milliseconds in the middle of a request");
  const slowed = serve({}, jobs, (agenda, stations) =>
    agenda.call(3, () => stations.setSpeed(0, 0.25)),
  );
  t.same(slowed, [7, 15, 19], "the server is four times slower from 3 on");
});

t.test("stations: a request that is taken out leaves its time to the others", async (t) => {
  const taken = (options: Partial<StationOptions>, which: number) => {
    const jobs = [
      [0, 4],
      [1, 2],
      [2, 1],
    ] as const;
    return serve(options, jobs, (agenda, stations) =>
      agenda.call(2.5, () => {
        const slot = [...stations.on(0)][which];
        if (slot !== undefined) stations.remove(slot);
      }),
    );
  };
  t.same(taken({}, 0), [undefined, 4.5, 5.5], "the request in service is taken out");
  t.same(taken({}, 1), [4, undefined, 5], "the first waiting request is taken out");
});

t.test("stations: work is conserved with both disciplines", async (t) => {
  const job = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 20 }));
  fc.assert(
    fc.property(fc.array(job, { minLength: 1, maxLength: 30 }), fc.boolean(), (jobs, sharing) => {
      // With both disciplines the one worker is busy whenever there is unfinished work, so the last job ends at the
      // same time.
      const sorted = [...jobs].sort((a, b) => a[0] - b[0]);
      let free = 0;
      for (const [at, work] of sorted) free = Math.max(free, at) + work;
      return Math.abs(Math.max(...serve({ sharing }, sorted)) - free) < 1e-6;
    }),
  );
  t.pass("the last request is done when all work is done");
});

t.test("small parts: LRU, Zipf, imbalance, slots", async (t) => {
  const cache = new LruCache(2);
  t.same(
    [1, 2, 1, 3, 2, 1].map((key) => cache.touch(key)),
    [false, false, true, false, false, false],
  );
  const zipf = new Zipf(3, 1);
  t.same(
    [0, 0.545, 0.546, 0.818, 0.819, 0.999].map((u) => zipf.draw(u)),
    [0, 0, 1, 1, 2, 2],
  );
  t.same(imbalanceOf([2, 2, 2]), { maxOverMean: 1, cv: 0, jain: 1 });
  t.same(imbalanceOf([4, 0, 0, 0]), { maxOverMean: 4, cv: Math.sqrt(3), jain: 0.25 });
  t.equal(imbalanceOf([0, 0]), undefined);
  const attempts = new AttemptTable();
  const slots = Array.from({ length: 10_000 }, () => attempts.take());
  t.equal(new Set(slots).size, 10_000, "after growing, no slot is in use twice");
  const stamp = attempts.stamp(77);
  attempts.free(77);
  t.equal(attempts.take(), 77);
  t.not(attempts.stamp(77), stamp, "an event of the earlier use of a slot has another stamp");
});
