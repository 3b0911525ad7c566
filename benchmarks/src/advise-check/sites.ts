// The three sites on which `tandem lab advise` is held against the real stack. Each is measured twice: a quiet phase, whose
// log the adviser gets, and a busy one with another algorithm, which the adviser has to predict. Requests are few and long,
// so that what the machine itself takes is little beside them.
import type { Balance } from "./balancer-config.ts";

export interface CheckedSite {
  readonly name: string;
  readonly what: string;
  /** How fast each server works. */
  readonly speeds: readonly number[];
  /** How many requests each server works on at once. */
  readonly workers: number;
  /** The work of a request in milliseconds at speed 1; `draw` gives numbers from 0 to 1. */
  readonly work: (draw: () => number) => number;
  /** Requests per second. */
  readonly quietRate: number;
  readonly busyRate: number;
  /** The algorithm of the busy phase. The quiet one has round-robin with equal weights. */
  readonly algorithm: Balance["algorithm"];
  readonly maxConnections?: number;
}

/** Draws from the lognormal distribution (Box and Muller 1958). */
const lognormal =
  (mean: number, sigma: number) =>
  (draw: () => number): number => {
    const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    return mean * Math.exp(sigma * normal - sigma ** 2 / 2);
  };

export const SITES: readonly CheckedSite[] = [
  {
    name: "two equal boxes",
    what: "lognormal work, mean 40 ms, σ 0.6; 2 workers each",
    speeds: [1, 1],
    workers: 2,
    work: lognormal(40, 0.6),
    quietRate: 26,
    busyRate: 64,
    algorithm: "least-conn",
  },
  {
    name: "one box half as fast",
    what: "a heavy tail: lognormal work, mean 60 ms at speed 1, σ 1.3; 4 workers each",
    speeds: [1, 0.5],
    workers: 4,
    work: lognormal(60, 1.3),
    quietRate: 26,
    busyRate: 62,
    algorithm: "least-conn",
  },
  {
    name: "waiting at the balancer",
    what: "speeds 1 and 0.6; one request in 20 takes 400 ms, the others 40; 4 workers and maxConnections 4 each",
    speeds: [1, 0.6],
    workers: 4,
    work: (draw) => (draw() < 0.05 ? 400 : 40),
    quietRate: 30,
    busyRate: 82,
    algorithm: "round-robin",
    maxConnections: 4,
  },
];
