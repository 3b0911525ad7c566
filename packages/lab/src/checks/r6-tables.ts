// R6: compares exactly with published tables: the sequences of smooth weighted round robin, and Envoy's tables for slow
// start, locality weights, priority levels and panic.
import {
  DEFAULT_PANIC,
  inPanic,
  localityShares,
  priorityLoads,
  slowStartFactor,
} from "@tandem/balancer/pickers";
import { buildPicker } from "../sim/algorithms.ts";
import { View } from "../sim/view.ts";
import type { Check } from "./check.ts";
import { exactly, same } from "./finding.ts";

const NO_TRUTH = { depth: () => 0, addedMs: () => 0 };
const of100 = (up: number) => ({ up, total: 100 });
const percent = (shares: readonly number[]) => shares.map((share) => Math.round(share * 100));

function sequence(weights: readonly number[]): string {
  let tickets = 0;
  const picker = buildPicker(
    "round-robin",
    {},
    { rng: () => 0, now: () => 0, ticket: () => tickets++ },
  );
  picker.update(weights.map((weight, i) => new View(i, { count: 1, weight }, NO_TRUTH)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: total }, () => {
    const view = picker.pick({ tried: [], key: undefined });
    return "abc"[view?.server ?? -1] ?? "?";
  }).join("");
}

const shareOfX = (up: number) =>
  percent(
    localityShares([
      { ...of100(up), weight: 1 },
      { ...of100(100), weight: 2 },
    ]),
  )[0] ?? -1;
const loadOfP0 = (up: number) => percent(priorityLoads([of100(up), of100(100)]))[0] ?? -1;
const panics = (levels: readonly number[], whole: number) =>
  levels.map((up) => (inPanic(of100(up), whole, DEFAULT_PANIC) ? "panic" : "calm"));

const slowStart = (aggression: number) =>
  slowStartFactor(30_000, { windowMs: 60_000, curve: "aggression", aggression, minimum: 0.1 });

export const publishedTables: Check = {
  id: "R6",
  title: "Published tables: smooth sequences, slow start, localities, priorities, panic",
  source: "nginx ngx_http_upstream_round_robin.c; Envoy's documentation on load balancing",
  fast: true,
  run: () => [
    same("smooth sequence of {5, 1, 1}", sequence([5, 1, 1]), "aabacaa"),
    same("smooth sequence of {2, 1}", sequence([2, 1]), "aba"),
    exactly("slow start half way, aggression 1", slowStart(1), 0.5, 1e-9),
    exactly("slow start half way, aggression 2", slowStart(2), Math.SQRT1_2, 1e-9),
    exactly("slow start half way, aggression .5", slowStart(0.5), 0.25, 1e-9),
    same(
      "locality X (weight 1 of 3) at 100, 70, 69, 50, 25, 0 % healthy",
      [100, 70, 69, 50, 25, 0].map(shareOfX),
      "33 33 32 26 15 0",
    ),
    same(
      "priority 0's load at 72, 71, 50, 25, 0 % healthy",
      [72, 71, 50, 25, 0].map(loadOfP0),
      "100 99 70 35 0",
    ),
    same("both priorities 25 % healthy", percent(priorityLoads([of100(25), of100(25)])), "50 50"),
    same("… and both panic", panics([25, 25], 0.7), "panic panic"),
    same("5 % and 65 % healthy", percent(priorityLoads([of100(5), of100(65)])), "7 93"),
    same("… and only the first panics", panics([5, 65], 0.98), "panic calm"),
  ],
};
