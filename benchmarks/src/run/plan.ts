// How often and how long each peer is measured under a workload, and by which generator.
import type { Generator } from "../load/generator.ts";
import { generatorFor } from "../load/generators.ts";
import type { Options } from "../options.ts";
import type { Peer } from "../peers/peer.ts";
import type { Workload } from "../workloads/workload.ts";
import { forLatencies, type Rounds, roundsFor } from "./rounds.ts";

export interface Plan extends Rounds {
  readonly generator: Generator;
  /** Requests per second; absent in saturating mode. */
  readonly rate?: number;
}

/** Short rounds in turns: when the machine changes its speed, it does so for every peer. */
const THOROUGH: Rounds = { rounds: 15, seconds: 1 };
/** For a workload that `--quick` leaves out, when it is asked for by name. */
const QUICK: Rounds = { rounds: 8, seconds: 0.4 };

/**
 * Long enough that a Node proxy runs compiled code, for workloads in which most of the work is passing on bytes.
 */
const WARM_UP_SECONDS = 1.5;
/** To fill connections and caches; such a peer needs no time for compiling. */
const NATIVE_WARM_UP_SECONDS = 1;

/** The plan for `workload`, where `preferred` is the generator of the command line. */
export function planFor(workload: Workload, options: Options, preferred: Generator): Plan {
  const usual = options.quick ? (workload.quick ?? QUICK) : (workload.thorough ?? THOROUGH);
  if (options.mode === "saturating" || workload.kind === "idle") {
    const generator = generatorFor(workload, workload.generator ?? preferred);
    return { ...roundsFor(usual, options, generator), generator };
  }
  const { rate = workload.fixedRate } = options;
  const generator = generatorFor({ ...workload, rate }, workload.generator ?? preferred);
  return { ...roundsFor(forLatencies(usual), options, generator), generator, rate };
}

/** How long `peer` is under load before its first round. The first of a workload warms the generator too. */
export function warmUpSeconds(workload: Workload, peer: Peer, first: boolean): number {
  return peer.runtime === "native" && !first
    ? NATIVE_WARM_UP_SECONDS
    : (workload.warmUpSeconds ?? WARM_UP_SECONDS);
}
