// T2: balls into bins, thrown by the production picker. The fullest of n bins holds about ln n / ln ln n balls with
// one choice and ln ln n / ln 2 with two. With two choices the gap above the average does not grow with the number
// of balls.

import { buildPicker } from "../sim/algorithms.ts";
import { Stream } from "../sim/stream.ts";
import { View } from "../sim/view.ts";
import { type Check, type Finding, within } from "./check.ts";

const NO_TRUTH = { depth: () => 0, addedMs: () => 0 };
const CONTEXT = { tried: [], key: undefined };

/** Returns the number of balls in the fullest bin, at each number of balls in `stops`. */
function fullest(bins: number, draws: number, stops: readonly number[], seed: number): number[] {
  const stream = new Stream(seed, "balls");
  const views = Array.from({ length: bins }, (_, bin) => new View(bin, { count: 1 }, NO_TRUTH));
  const environment = { rng: stream.rng, now: () => 0, ticket: () => 0 };
  const picker = buildPicker("random", { draws }, environment);
  picker.update(views);
  let most = 0;
  let thrown = 0;
  return stops.map((stop) => {
    for (; thrown < stop; thrown++) {
      const view = picker.pick(CONTEXT);
      if (view === undefined) continue;
      picker.started?.(view);
      most = Math.max(most, ++view.inFlight);
    }
    return most;
  });
}

function lightly(trials: number): Finding[] {
  const bins = 2 ** 16;
  const most = (draws: number) =>
    Array.from({ length: trials }, (_, seed) => fullest(bins, draws, [bins], seed)[0] ?? 0);
  const [one, two] = [most(1), most(2)];
  return [
    within(`2¹⁶ balls, d 1: fullest bin, least of ${trials} trials`, Math.min(...one), 6, 11),
    within(`2¹⁶ balls, d 1: fullest bin, most of ${trials} trials`, Math.max(...one), 6, 11),
    within(`2¹⁶ balls, d 2: fullest bin, least of ${trials} trials`, Math.min(...two), 3, 4),
    within(`2¹⁶ balls, d 2: fullest bin, most of ${trials} trials`, Math.max(...two), 3, 4),
  ];
}

function heavily(trials: number): Finding[] {
  const bins = 1024;
  const loads = [16, 256];
  const gaps = (draws: number) => {
    const trialsOf = Array.from({ length: trials }, (_, seed) =>
      fullest(
        bins,
        draws,
        loads.map((load) => load * bins),
        seed,
      ),
    );
    return loads.map(
      (load, i) => trialsOf.reduce((sum, most) => sum + (most[i] ?? 0), 0) / trials - load,
    );
  };
  const [few = 0, many = 0] = gaps(2);
  const [fewOne = 0, manyOne = 0] = gaps(1);
  return [
    // The gap is a whole number near 3 in each trial. From 16 to 256 balls per bin, the mean of the gap over the trials
    // changes by less than one.
    within("d 2: gap above average at 256 balls a bin less that at 16", many - few, -1, 1, 0),
    // With one choice the gap grows like the square root of the number of balls per bin. That number grows from 16 to
    // 256, so the gap grows fourfold.
    within("d 1: the same gaps as a ratio", manyOne / fewOne, 2.5, 6, 4),
  ];
}

export const ballsIntoBins: Check = {
  id: "T2",
  title: "Balls into bins: two choices, lightly and heavily loaded",
  source: "Azar, Broder, Karlin & Upfal 1994; Berenbrink et al. 2000",
  run: (full) => [...lightly(full ? 100 : 8), ...heavily(full ? 20 : 5)],
};
