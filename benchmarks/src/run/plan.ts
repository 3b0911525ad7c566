// Plans how many times and how long each peer is measured under a workload, and which generator makes the load.
import type { Generator } from "../load/generator.ts";
import { generatorFor } from "../load/generators.ts";
import type { Options } from "../options.ts";
import type { Peer } from "../peers/peer.ts";
import type { Workload } from "../workloads/workload.ts";
import { forLatencies, type Rounds, roundsFor } from "./rounds.ts";

export interface Plan extends Rounds {
  readonly generator: Generator;
  /** Requests per second; left out in saturating mode. */
  readonly rate?: number;
  /** All peers are under load at the same time. Left out when the peers take turns. */
  readonly together?: true;
}

/** The usual rounds. They are short, so that a machine that changes its speed affects all peers alike. */
const THOROUGH: Rounds = { rounds: 15, seconds: 1 };
/**
 * The rounds for a workload that has no `quick` rounds of its own. Such a workload is part of a
 * `--quick` run only when `--workload` names it.
 */
const QUICK: Rounds = { rounds: 8, seconds: 0.4 };

/**
 * The warm-up for workloads in which most of the work is passing on bytes. It is long enough for a Node proxy to run
 * compiled code.
 */
const WARM_UP_SECONDS = 1.5;
/**
 * The warm-up for native peers. It only fills connections and caches, because these peers compile no code while they
 * run.
 */
const NATIVE_WARM_UP_SECONDS = 1;

/** Returns the plan for `workload`. `preferred` is the generator chosen on the command line. */
export function planFor(workload: Workload, options: Options, preferred: Generator): Plan {
  const plan = turnsFor(workload, options, preferred);
  // Two kinds of workload are always measured peer by peer. With idle connections the figure is
  // memory, which the other peers do not change. With two threads the figure is requests per
  // second, and peers at the same time would take these from each other.
  const apart = workload.kind === "idle" || workload.twoThreads === true;
  return options.together === true && !apart ? { ...plan, together: true } : plan;
}

function turnsFor(workload: Workload, options: Options, preferred: Generator): Plan {
  const usual = options.quick ? (workload.quick ?? QUICK) : (workload.thorough ?? THOROUGH);
  if (options.mode === "saturating" || workload.kind === "idle") {
    const generator = generatorFor(workload, workload.generator ?? preferred);
    return { ...roundsFor(usual, options, generator), generator };
  }
  const { rate = workload.fixedRate } = options;
  const generator = generatorFor({ ...workload, rate }, workload.generator ?? preferred);
  return { ...roundsFor(forLatencies(usual), options, generator), generator, rate };
}

/** Returns why the plan's generator cannot make the load of `workload` on this machine; undefined when it can. */
export function obstacle(workload: Workload, { generator, rate }: Plan): string | undefined {
  const job = rate === undefined ? workload : { ...workload, rate };
  return generator.missing() ?? generator.cannot(job);
}

/**
 * Returns how many seconds `peer` is under load before its first round. The first peer of a
 * workload always gets the long warm-up, because it warms up the generator too.
 */
export function warmUpSeconds(workload: Workload, peer: Peer, first: boolean): number {
  return peer.runtime === "native" && !first
    ? NATIVE_WARM_UP_SECONDS
    : (workload.warmUpSeconds ?? WARM_UP_SECONDS);
}
