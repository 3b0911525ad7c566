// T2: balls into bins, thrown by the production picker. With two choices the share s_k of bins with at least k balls
// follows ds_k/dt = s_{k−1}² − s_k² (Mitzenmacher 1996), so after one ball per bin s₁ = tanh 1. With one choice the bins
// are Poisson, and the fullest bin is the largest of n Poisson numbers. With two choices its gap above the average does
// not grow with the number of balls.
import { buildPicker } from "../sim/algorithms.ts";
import { Stream } from "../sim/stream.ts";
import { View } from "../sim/view.ts";
import { estimate } from "../stats/estimate.ts";
import type { Check, Finding } from "./check.ts";
import { agrees, within } from "./finding.ts";

const NO_TRUTH = { depth: () => 0, addedMs: () => 0 };
const CONTEXT = { tried: [], key: undefined };

/** Returns the number of balls in each bin at each number of balls in `stops`. */
function thrown(bins: number, draws: number, stops: readonly number[], seed: number): number[][] {
  const stream = new Stream(seed, "balls");
  const views = Array.from({ length: bins }, (_, bin) => new View(bin, { count: 1 }, NO_TRUTH));
  const environment = { rng: stream.rng, now: () => 0, ticket: () => 0 };
  const picker = buildPicker("random", { draws }, environment);
  picker.update(views);
  let balls = 0;
  return stops.map((stop) => {
    for (; balls < stop; balls++) {
      const view = picker.pick(CONTEXT);
      if (view === undefined) continue;
      picker.started?.(view);
      view.inFlight++;
    }
    return views.map(({ inFlight }) => inFlight);
  });
}

const most = (bins: readonly number[]) => bins.reduce((a, b) => Math.max(a, b), 0);

/** Returns the expected largest of `count` Poisson numbers: Σ 1 − P(N ≤ k)^count. */
function largestPoisson(mean: number, count: number): number {
  let sum = 0;
  let chance = Math.exp(-mean);
  let upTo = chance;
  for (let k = 0; k < 10 * mean + 50; k++) {
    sum += 1 - Math.min(1, upTo) ** count;
    chance *= mean / (k + 1);
    upTo += chance;
  }
  return sum;
}

/** Returns s₁, s₂ and s₃ after one ball per bin, with two choices, by Runge and Kutta's method. */
function twoChoices(): readonly number[] {
  const change = (s: readonly number[]) => s.map((own, k) => (s[k - 1] ?? 1) ** 2 - own ** 2);
  const moved = (s: readonly number[], by: readonly number[], step: number) =>
    s.map((own, k) => own + step * (by[k] ?? 0));
  const steps = 200;
  const step = 1 / steps;
  let s: readonly number[] = [0, 0, 0, 0, 0];
  for (let i = 0; i < steps; i++) {
    const a = change(s);
    const b = change(moved(s, a, step / 2));
    const c = change(moved(s, b, step / 2));
    const d = change(moved(s, c, step));
    const slope = a.map((one, k) => (one + 2 * (b[k] ?? 0) + 2 * (c[k] ?? 0) + (d[k] ?? 0)) / 6);
    s = moved(s, slope, step);
  }
  return s.slice(0, 3);
}

function lightly(trials: number): Finding[] {
  const bins = 2 ** 14;
  const trialsOf = (draws: number) =>
    Array.from({ length: trials }, (_, seed) => thrown(bins, draws, [bins], seed)[0] ?? []);
  const [one, two] = [trialsOf(1), trialsOf(2)];
  return [
    agrees(
      "2¹⁴ balls, d 1: balls in the fullest bin",
      estimate(one.map(most)),
      largestPoisson(1, bins),
      { method: "largest of 2¹⁴ Poisson numbers" },
    ),
    ...twoChoices().map((expected, i) =>
      agrees(
        `2¹⁴ balls, d 2: share of bins with ${i + 1} or more`,
        estimate(two.map((all) => all.filter((balls) => balls > i).length / bins)),
        expected,
        { slack: 1 / bins, method: "differential equations of the fluid limit; off by about 1/n" },
      ),
    ),
    within("2¹⁴ balls, d 2: fullest bin of all trials", Math.max(...two.map(most)), 3, 4),
  ];
}

function heavily(trials: number): Finding[] {
  const bins = 1024;
  const loads = [16, 256];
  const gaps = (draws: number) =>
    Array.from({ length: trials }, (_, seed) =>
      thrown(
        bins,
        draws,
        loads.map((load) => load * bins),
        seed,
      ).map((all, i) => most(all) - (loads[i] ?? 0)),
    );
  const [one, two] = [gaps(1), gaps(2)];
  const expected = loads.map((load) => largestPoisson(load, bins) - load);
  return [
    ...loads.map((load, i) =>
      agrees(
        `d 1, ${load} balls a bin: gap of the fullest above the average`,
        estimate(one.map((trial) => trial[i] ?? Number.NaN)),
        expected[i] ?? Number.NaN,
        // The balls are fixed in number, so the bins depend on each other a little.
        { slack: load / bins, method: "largest of 1024 Poisson numbers" },
      ),
    ),
    agrees(
      "d 2: the gap at 256 balls a bin less that at 16",
      estimate(two.map(([few = 0, many = 0]) => many - few)),
      0,
      { slack: 0.1, method: "Berenbrink et al.: it does not grow" },
    ),
  ];
}

export const ballsIntoBins: Check = {
  id: "T2",
  title: "Balls into bins: two choices, lightly and heavily loaded",
  source: "Azar, Broder, Karlin & Upfal 1994; Mitzenmacher 1996; Berenbrink et al. 2000",
  run: (full) => [...lightly(full ? 300 : 60), ...heavily(full ? 300 : 60)],
};
