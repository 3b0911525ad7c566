// What can be tuned on each algorithm, and the values that hold when nothing is said.
// Times are milliseconds; a share or probability is 0 to 1.

/**
 * A server that fails at once has few requests in flight and short times: without this it attracts
 * traffic. 0 = off.
 */
interface FailureParameters {
  /**
   * What a failed or timed-out request weighs. Where load is requests in flight it stays counted as one
   * more, fading with this time constant; where load is latency it counts as having taken this long.
   */
  readonly failureMs: number;
}

export interface LeastConnParameters extends FailureParameters {}

export interface RandomParameters extends FailureParameters {
  /** Distinct servers drawn by weight, the least loaded is taken; 1 = plain random, 0 = look at all. */
  readonly draws: number;
}

export interface PeakEwmaParameters extends FailureParameters {
  /** As in `random`. */
  readonly draws: number;
  /** Time constant of the moving average, and of the forgetting while nothing is heard. */
  readonly decayMs: number;
  /** What a server is taken to need before any has answered; later the typical latency is taken. */
  readonly initialMs: number;
  /** What is timed: until the answer's head, or until all is over. */
  readonly measure: "header" | "last-byte";
}

export interface LeastTimeParameters extends FailureParameters {
  readonly measure: "header" | "last-byte";
  /** Whether requests still in flight count with their age; with `last-byte` only. */
  readonly countInFlight: boolean;
  /** The average is halved for every such time without an answer. */
  readonly idleMs: number;
}

export interface PrequalParameters extends FailureParameters {
  /** Probe answers kept. */
  readonly poolSize: number;
  /** A probe answer older than this is dropped. */
  readonly maxAgeMs: number;
  /** Probes sent per request; fractions are spread over requests. */
  readonly probesPerPick: number;
  /** Probe answers dropped per request, alternately the oldest and the worst; none in small fleets. */
  readonly removalsPerPick: number;
  /** A server is hot above this quantile of the requests in flight that servers told of lately. */
  readonly rifQuantile: number;
  /** How fast the pool shall grow per request by design (δ); sets how often an answer may be used. */
  readonly netGrowth: number;
}

export const HASH_METHODS = ["maglev", "ring", "rendezvous", "jump", "modulo"] as const;
export type HashMethod = (typeof HASH_METHODS)[number];

export interface HashParameters {
  readonly method: HashMethod;
  /** No server gets more than this many times its fair share of what is in flight, 1.25 say; 0 = unbounded. */
  readonly balanceFactor: number;
  /** Maglev: slots of the table, a prime well above 100 × servers. */
  readonly tableSize: number;
  /** Ring: points per unit of weight, fewer when more than 262144 would be needed. */
  readonly pointsPerWeight: number;
}

export interface ClientSideWrrParameters {
  /** Reports are collected this long before they are believed. */
  readonly blackoutMs: number;
  /** A report older than this is forgotten. */
  readonly expiryMs: number;
  /** How often weights are worked out anew. */
  readonly updateMs: number;
  /** What errors cost: utilization rises by error rate × this. */
  readonly errorPenalty: number;
}

export interface JoinIdleQueueParameters {
  /** When no server is idle: as in `random`. 1 is the paper's. */
  readonly draws: number;
  /** Whether a server joins when its last request ends here; otherwise only by reporting 0 in flight. */
  readonly joinOnEnd: boolean;
}

const FAILURE_MS = 5_000;

export const DEFAULTS = {
  "least-conn": { failureMs: FAILURE_MS } satisfies LeastConnParameters,
  random: { draws: 2, failureMs: FAILURE_MS } satisfies RandomParameters,
  "peak-ewma": {
    draws: 2,
    decayMs: 10_000,
    initialMs: 30,
    measure: "last-byte",
    failureMs: FAILURE_MS,
  } satisfies PeakEwmaParameters,
  "least-time": {
    measure: "last-byte",
    countInFlight: true,
    idleMs: 10_000,
    failureMs: FAILURE_MS,
  } satisfies LeastTimeParameters,
  prequal: {
    poolSize: 16,
    maxAgeMs: 1_000,
    probesPerPick: 3,
    removalsPerPick: 1,
    rifQuantile: 0.84,
    netGrowth: 1,
    failureMs: FAILURE_MS,
  } satisfies PrequalParameters,
  hash: {
    method: "maglev",
    balanceFactor: 0,
    tableSize: 65_537,
    pointsPerWeight: 160,
  } satisfies HashParameters,
  "client-side-wrr": {
    blackoutMs: 10_000,
    expiryMs: 180_000,
    updateMs: 1_000,
    errorPenalty: 1,
  } satisfies ClientSideWrrParameters,
  "join-idle-queue": { draws: 1, joinOnEnd: true } satisfies JoinIdleQueueParameters,
} as const;
