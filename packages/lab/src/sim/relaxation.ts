// How long a run has to be for its queues to have the length that they have in the long run. The nearer the load is to 1,
// the longer a queue takes to forget that it began empty: the relaxation time of M/M/1 is 1 / (1 − √ρ)² service times
// (Cohen 1982, The Single Server Queue, §II.2.1). A shorter run shows shorter queues than there will be.
import { compileDistribution, type Distribution } from "./distribution.ts";

/** What the time depends on, besides the load. */
export interface Queues {
  readonly service: Distribution;
  readonly servers: number;
}

/** A run lasts this many relaxation times. A p99 rests on few long queues of a run, so with fewer it is too low on average. */
const TIMES = 40;
/** Where each server has a queue of its own, that queue gets its share of the requests only. */
const TIMES_OF_EACH = 4;

const timesFor = ({ servers }: Queues): number => Math.max(TIMES, TIMES_OF_EACH * servers);

/** In heavy traffic the time grows with the variability of the work; arrivals count as those of chance. */
const variability = ({ service }: Queues): number => (1 + compileDistribution(service).cv2) / 2;

/** Returns how many requests a run at this load needs; Infinity from load 1 on. */
export function requestsToSettle(load: number, queues: Queues): number {
  if (load >= 1) return Number.POSITIVE_INFINITY;
  const relaxation = (load / (1 - Math.sqrt(load)) ** 2) * variability(queues);
  return Math.ceil(timesFor(queues) * relaxation);
}

/** Returns the highest load at which `requests` are enough, below 1. */
export function settledUpTo(requests: number, queues: Queues): number {
  const root = Math.sqrt(requests / timesFor(queues) / variability(queues));
  return (root / (1 + root)) ** 2;
}
