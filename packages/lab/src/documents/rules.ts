// Figures of the rules that the balancer applies besides its algorithm. The figures are computed point by point with
// the balancer's own functions, without random numbers.
import { priorityLoads, type SlowStart, slowStartFactor } from "@tandem/balancer/pickers";
import { lines } from "../figures/lines.ts";
import type { DocumentFigure } from "./document-figure.ts";

const range = (count: number) => Array.from({ length: count + 1 }, (_, i) => i);

/**
 * Draws how much traffic goes to each priority level while servers of level 0 fail. Each level has a hundred servers.
 * At level 1 all servers are up, or only 30 %.
 */
export const failover: DocumentFigure = {
  name: "failover",
  seeds: 0,
  make: () => {
    const curve = (label: string, level: number, spareUp: number) => ({
      label,
      dots: false,
      points: range(100).map((up) => {
        const levels = [
          { up, total: 100 },
          { up: spareUp, total: 100 },
        ];
        return { x: up, y: 100 * (priorityLoads(levels)[level] ?? 0) };
      }),
    });
    return {
      figure: lines({
        name: "failover",
        question: "How much goes to which failover level?",
        note: "Two levels of a hundred servers, overprovisioning 1.4.",
        x: { label: "up in level 0", unit: "%" },
        y: { label: "of the traffic", unit: "%" },
        legend: true,
        curves: [
          curve("level 0", 0, 100),
          curve("level 1", 1, 100),
          curve("level 0, while 30 % of level 1 are up", 0, 30),
        ],
      }),
      from: {
        rule: "priorityLoads",
        overprovisioning: 1.4,
        total: [100, 100],
        level1Up: [100, 30],
      },
    };
  },
};

const WINDOW_MS = 60_000;
const CURVES: Readonly<Record<string, SlowStart>> = {
  linear: { windowMs: WINDOW_MS, curve: "linear", aggression: 1, minimum: 0.1 },
  "aggression 2": { windowMs: WINDOW_MS, curve: "aggression", aggression: 2, minimum: 0.1 },
  "aggression 1": { windowMs: WINDOW_MS, curve: "aggression", aggression: 1, minimum: 0.1 },
  "aggression .5": { windowMs: WINDOW_MS, curve: "aggression", aggression: 0.5, minimum: 0.1 },
};

export const slowStartCurves: DocumentFigure = {
  name: "slow-start-curves",
  seeds: 0,
  make: () => ({
    figure: lines({
      name: "slow-start-curves",
      question: "Which part of its weight does a server have, how long after it came up?",
      note: "A window of 60 s.",
      x: { label: "up for", unit: "s" },
      y: { label: "of its weight", unit: "%" },
      legend: true,
      curves: Object.entries(CURVES).map(([label, slowStart]) => ({
        label,
        dots: false,
        points: range(80).map((seconds) => ({
          x: seconds,
          y: 100 * slowStartFactor(seconds * 1000, slowStart),
        })),
      })),
    }),
    from: { rule: "slowStartFactor", curves: CURVES },
  }),
};
