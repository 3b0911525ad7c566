// What a person may write for service times and limits, and what is refused with which words.
import t from "tap";
import { compileDistribution } from "../sim/distribution.ts";
import { Stream } from "../sim/stream.ts";
import { readLimit } from "./limit-text.ts";
import { lognormalFrom, readService, writtenService } from "./service-text.ts";

t.test("service times that are right", async (t) => {
  const lognormal = { kind: "lognormal", mean: 12, sigma: 1 };
  for (const text of [
    "lognormal mean 12ms sigma 1",
    "lognormal mean=12ms, sigma=1",
    "lognormal sigma 1 mean .012s",
  ])
    t.same(readService(text), lognormal, text);
  t.same(readService("exponential 12ms"), { kind: "exponential", mean: 12 });
  t.same(readService("constant 1.5s"), { kind: "constant", value: 1500 });
  t.same(readService("bimodal fast 5ms slow .01 factor 20"), {
    kind: "bimodal",
    fast: 5,
    slow: 0.01,
    factor: 20,
  });
  t.same(readService(writtenService(readService("lognormal mean 12ms sigma 1"))), lognormal);
});

t.test("service times that are wrong", async (t) => {
  for (const [text, message] of [
    ["", /found '', expected how long requests take, such as 'lognormal mean 12ms sigma 1'/],
    ["gamma mean 12ms", /kinds: constant, exponential, lognormal/],
    ["lognormal mean 12ms", /sigma: missing|missing.*sigma/],
    [
      "lognormal mean twelve sigma 1",
      /mean in .*: found 'twelve', expected a number or a time such as 12ms/,
    ],
    ["lognormal mean 12ms sigma 99", /sigma: found '99', expected a number from 0 to 10/],
    ["lognormal mean 12ms mean 12ms", /lognormal has mean, sigma, each once/],
    ["exponential rate 12", /'rate' in .*: exponential has mean/],
    ["constant -5ms", /found '-5ms'/],
  ] as const)
    t.throws(() => readService(text), message, text);
});

t.test("a mean and a p99 give the lognormal distribution that has them", async (t) => {
  const one = lognormalFrom(12, 80);
  const sampler = compileDistribution(one);
  const stream = new Stream(1, "test");
  const values = Float64Array.from({ length: 200_000 }, () => sampler.sample(stream)).sort();
  t.equal(sampler.mean, 12);
  t.ok(Math.abs((values[198_000] ?? 0) / 80 - 1) < 0.03, `p99 ${values[198_000]}`);
  t.throws(() => lognormalFrom(12, 300), /between 1 and 15\.0 times the mean/);
  t.throws(() => lognormalFrom(12, 11), /between 1 and 15\.0 times the mean/);
});

t.test("limits", async (t) => {
  t.same(readLimit("p99 < 250ms"), { quantile: 0.99, ms: 250 });
  t.same(readLimit("p99.9<=1s"), { quantile: 0.999, ms: 1000 });
  t.same(readLimit(" P50 .5s "), { quantile: 0.5, ms: 500 });
  for (const text of [
    "",
    "fast",
    "p99",
    "p99 < soon",
    "p10 < 5ms",
    "p100 < 5ms",
    "p99 > 5ms",
    "p99 < 0ms",
    "mean < 5ms",
  ])
    t.throws(
      () => readLimit(text),
      /expected a percentile from p50 to p99\.9 and a time, such as 'p99 < 250ms'/,
      text,
    );
});
