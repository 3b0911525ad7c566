import t from "tap";
import { Stream } from "../sim/stream.ts";
import { mser } from "./mser.ts";

const stream = new Stream(1, "mser");

/** Batches that rise from zero to ten with this time constant, with noise. */
const rising = (count: number, constant: number, noise: number) =>
  Array.from(
    { length: count },
    (_, i) => 10 * (1 - Math.exp(-i / constant)) + noise * stream.normal(),
  );

t.test("too few batches, and a run that never settles, have no cut to be believed", async (t) => {
  t.same(mser([]), { cut: 0, settled: false });
  t.same(mser(rising(19, 1, 0.1)), { cut: 0, settled: false });
  const growing = Array.from({ length: 400 }, (_, i) => i);
  t.equal(mser(growing).settled, false);
  t.equal(mser(growing).cut, 200, "the search ends in the middle");
});

t.test("nothing is cut where nothing begins", async (t) => {
  t.same(mser(Array(100).fill(7)), { cut: 0, settled: true });
  t.same(mser(Array(100).fill(1e9 + 0.1)), { cut: 0, settled: true }, "no cancellation");
  // The rule cuts a few values when the first ones happen to be far from the mean.
  const { cut, settled } = mser(Array.from({ length: 1_000 }, () => stream.normal()));
  t.ok(settled && cut < 100, `${cut}`);
});

t.test("a beginning is cut, and little of the rest", async (t) => {
  for (const constant of [10, 30, 60]) {
    const { cut, settled } = mser(rising(2_000, constant, 1));
    // After two time constants the mean is within 14 % of its last value, after eight within .03 %.
    t.ok(settled && cut > 1.5 * constant && cut < 10 * constant, `${constant}: ${cut}`);
  }
});

t.test("a step at a known place is cut there, exactly", async (t) => {
  const step = [...Array(30).fill(100), ...Array(170).fill(1)];
  t.same(mser(step), { cut: 30, settled: true });
  t.equal(mser([...step.slice(0, 30), ...step.slice(30).map((one, i) => one + (i % 2))]).cut, 30);
});
