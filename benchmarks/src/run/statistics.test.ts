import t from "tap";
import { summarise } from "./result.ts";
import { median, quantile, spread } from "./statistics.ts";

t.test("no values have no median", async (t) => {
  t.throws(() => median([]), /no values/);
});

t.test("medians and quartiles lie between neighbours", async (t) => {
  t.equal(median([5]), 5);
  t.equal(median([9, 1, 5]), 5, "order does not matter");
  t.equal(median([1, 2, 3, 10]), 2.5);
  t.equal(quantile([10, 20, 30, 40, 50], 0.25), 20);
  t.equal(quantile([10, 20], 0.75), 17.5);
});

t.test("spread is the distance of the quartiles as a share of the median", async (t) => {
  t.equal(spread([10, 20, 30, 40, 50]), 20 / 30);
  t.equal(spread([7, 7, 7]), 0);
  t.equal(spread([100, 100, 100, 100, 5000]), 0, "one outlier does not move it");
  t.equal(spread([0, 0]), 0);
  t.equal(spread([-10, -20, -30]), 0.5);
});

t.test("a result has medians, but the errors of every round", async (t) => {
  const round = (cpu: number, errors: number) => ({
    requestsPerSecond: 1000,
    cpuMicrosecondsPerRequest: cpu,
    p50Ms: 1,
    p99Ms: 2,
    p999Ms: 3,
    rssBytes: 1e6,
    errors,
    busy: 0.5,
  });
  const rounds = [round(30, 0), round(10, 2), round(20, 1)];
  const { result } = summarise({ name: "p", version: "1" }, rounds, "cpuMicrosecondsPerRequest");
  t.same(result, {
    peer: "p",
    version: "1",
    requestsPerSecond: 1000,
    cpuMicrosecondsPerRequest: 20,
    p50Ms: 1,
    p99Ms: 2,
    p999Ms: 3,
    rssBytes: 1e6,
    errors: 3,
    spread: 0.5,
  });
});
