// Tests the load report of a tier, on a clock that the test moves.
import t from "tap";
import { LoadMeter } from "./load-meter.ts";

function meterAt() {
  const time = { now: 0 };
  return { time, meter: new LoadMeter(() => time.now) };
}

t.test("latency is the median of completions with as many in flight as now", async (t) => {
  const { meter } = meterAt();
  t.equal(meter.latencyMs(), undefined, "no request has ended");
  const run = (rif: number, ms: number): void => {
    meter.begin();
    meter.end(rif, ms, false);
  };
  for (let i = 0; i < 40; i++) run(1, 10 + (i % 3));
  for (let i = 0; i < 40; i++) run(20, 100 + (i % 3));
  t.equal(
    meter.latencyMs(),
    11,
    "idle: the median with one request in flight, however long ago those ended",
  );
  for (let i = 1; i <= 19; i++) t.equal(meter.begin(), i);
  t.equal(meter.latencyMs(), 101, "busy: the median with twenty in flight");
  run(20, 1e9);
  t.ok((meter.latencyMs() ?? 0) < 110, "one outlier does not move the median");
});

t.test(
  "with few completions all of them count; when none had a similar number in flight, the nearest count",
  async (t) => {
    const { meter } = meterAt();
    meter.begin();
    meter.end(200, 7, false);
    t.equal(meter.latencyMs(), 7);
  },
);

t.test("rates are those of the last second, and the report is ORCA's text", async (t) => {
  const { time, meter } = meterAt();
  t.match(
    meter.report(),
    /^TEXT application_utilization=0\.000,rps_fractional=0\.00,eps=0\.00,named_metrics\.in_flight=0$/,
  );
  for (let i = 0; i < 50; i++) meter.end(meter.begin(), 4, i % 5 === 0);
  time.now = 2_000;
  meter.begin();
  t.match(
    meter.report(),
    /^TEXT application_utilization=[\d.]+,rps_fractional=25\.00,eps=5\.00,named_metrics\.in_flight=1,named_metrics\.latency_ms=4\.000$/,
  );
  const before = meter.recent();
  meter.begin();
  t.equal(meter.recent(), before, "the report sent with answers may be a little old");
  time.now += 100;
  t.match(meter.recent(), /in_flight=2/);
});
