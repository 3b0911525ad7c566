// A scenario says everything about a run except the algorithm and the seed. It is plain data and survives JSON, so a
// figure can carry the scenario it was made from. Times are in milliseconds, rates per second.
import type { EligibilityOptions, SlowStart } from "@tandem/balancer/pickers";
import type { Arrivals } from "./arrivals.ts";
import type { Distribution } from "./distribution.ts";
import type { Fault } from "./fault.ts";

export interface Scenario {
  readonly name: string;
  /** The last request arrives before this time. */
  readonly durationMs: number;
  /** Requests that arrive before this time are simulated but not measured. Default 0. */
  readonly warmupMs?: number;
  /** After `durationMs`, requests under way have this time to end. Default: the client's timeout, else 0. */
  readonly drainMs?: number;
  readonly traffic: OpenTraffic | ClosedTraffic;
  /** Work of a request: milliseconds on an idle server of speed 1. Drawn once per request, so a retry has the same. */
  readonly service: Distribution;
  readonly servers: readonly ServerGroup[];
  readonly balancers?: Balancers;
  readonly network?: NetworkDelays;
  readonly client?: ClientBehaviour;
  readonly health?: HealthChecks;
  /** The balancer's own rule for servers that join or come back. */
  readonly slowStart?: SlowStart;
  readonly keys?: Keys;
  readonly reports?: LoadReports;
  readonly faults?: readonly Fault[];
  readonly measure?: Measure;
}

export interface OpenTraffic {
  readonly kind: "open";
  readonly arrivals: Arrivals;
}

/**
 * A user asks, waits for the answer (or gives up), thinks, and asks again. Slow answers delay the next requests, so a
 * closed loop shows lower latencies than an open one when the servers are slow.
 */
export interface ClosedTraffic {
  readonly kind: "closed";
  readonly users: number;
  readonly think: Distribution;
  /** The first requests of the users are spread over this time. Default: the mean think time. */
  readonly rampMs?: number;
}

export interface ServerGroup {
  readonly count: number;
  /** `fifo`: requests worked on at once. `sharing`: cores that all requests share. Default 1. */
  readonly workers?: number;
  /** `fifo`: other requests wait in order. `sharing`: processor sharing, at most one core each. Default fifo. */
  readonly discipline?: "fifo" | "sharing";
  /** At 0.5 a request takes twice as long. Default 1. */
  readonly speed?: number;
  /** Requests that may wait on the server beyond its workers. One more is answered with 503. Default unlimited. */
  readonly queueLimit?: number;
  /** The weight in the balancers' configuration; `speed` is what the server really does. Default 1. */
  readonly weight?: number;
  /** How many requests each balancer has on this server at most. Default 0, unlimited. */
  readonly maxConnections?: number;
  /**
   * The queue for this server at each balancer. While the server is at `maxConnections`, requests whose key belongs to
   * it wait there. When the queue is full, or after the timeout (default 5 s), another server may take them.
   */
  readonly balancerQueue?: { readonly limit: number; readonly timeoutMs?: number };
  /** Index of its zone. Default 0. */
  readonly zone?: number;
  /** Priority level; level 0 is used first. */
  readonly priority?: number;
  /** The server gets requests only while no other server is up. */
  readonly backup?: boolean;
  /** The balancers know the server from this time on. Default: from the start. */
  readonly joinsAtMs?: number;
}

export interface Balancers {
  /** Default 1. */
  readonly count?: number;
  /**
   * What a balancer knows of the servers' load. `local`: only its own requests. `shared`: the requests of all balancers,
   * without delay (as threads of one process do). `board`: the true counts of the servers, refreshed every `boardMs`.
   * Default local.
   */
  readonly view?: "local" | "shared" | "board";
  readonly boardMs?: number;
  /** The share of the requests that each balancer gets. Default equal. */
  readonly shares?: readonly number[];
  /** The zone of each balancer. Default 0. */
  readonly zones?: readonly number[];
  /** Each balancer uses only `size` servers, chosen by rendezvous hashing or by the rounds of the SRE book. */
  readonly subset?: { readonly method: "rendezvous" | "rounds"; readonly size: number };
  /**
   * What zones mean to a balancer, with `local` views. `first`: its own zone gets all requests that its healthy servers
   * can take. `aware`: its own zone gets as much as it has capacity for, and the other zones get the rest by the
   * capacity they have left. Default: zones do not matter.
   */
  readonly zonePreference?: "first" | "aware";
  /** Settings of panic, overprovisioning and zone weights that differ from the balancer's defaults. */
  readonly eligibility?: Partial<EligibilityOptions>;
  /** How many requests may wait at a balancer while all servers that are up are full. Default 0: refused at once. */
  readonly queueLimit?: number;
  /** How long a request waits there at most. Then it is refused. Default 5000. */
  readonly queueTimeoutMs?: number;
}

export interface NetworkDelays {
  /** Round trip within a zone. Default 0. */
  readonly rttMs?: number;
  /** What the way to another zone adds to the round trip. */
  readonly crossZoneMs?: number;
  /** Round trip of a probe. Default: `rttMs`. */
  readonly probeRttMs?: number;
  /** Share of the probes that get lost. Default 0. */
  readonly probeLoss?: number;
}

export interface ClientBehaviour {
  /** After this time since the arrival the client gives up. The request is counted as one timeout. */
  readonly timeoutMs?: number;
  /** The balancer gives up an attempt after this time. */
  readonly attemptTimeoutMs?: number;
  readonly retries?: Retries;
  /** What a server does with a request that was given up: finish the work or drop it. Default finish. */
  readonly abandoned?: "finish" | "drop";
}

export interface Retries {
  /** Attempts beyond the first. */
  readonly max: number;
  readonly backoffMs?: number;
  /** Whether the balancer's own budget bounds the retries. Each balancer has one budget. Default false: no limit. */
  readonly budget?: boolean;
  /**
   * Which failures are tried again. `all`: every failure, also an error that a server answered, and an attempt that took
   * too long. `served`: only the failures that Tandem retries by default, which are refused and lost connections. Tandem
   * does not retry an answer of 5xx, and sends a slow request a second time only where `hedge` is configured.
   * Default all.
   */
  readonly failures?: "all" | "served";
}

export interface HealthChecks {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly rise: number;
  readonly fall: number;
  /** Time from the verdict of a check to its effect at the balancers. Default 0. */
  readonly lagMs?: number;
  /** Whether checks find a black hole. By default it answers checks as a healthy server does. */
  readonly seesBlackHoles?: boolean;
  /** Passive ejection: after `failures` failures in a row a balancer leaves the server out for `ejectMs`. */
  readonly ejection?: { readonly failures: number; readonly ejectMs: number };
}

export interface Keys {
  readonly count: number;
  /** Zipf exponent; 0 = all keys are equally popular. */
  readonly zipf: number;
  /** If given, the keys of the requests in the order of arrivals. After the last the first comes again. */
  readonly values?: readonly number[];
  /** Each server has an LRU cache for this share of all keys. A key in the cache costs only `hitShare` of the work. */
  readonly cache?: { readonly share: number; readonly hitShare: number };
}

export interface LoadReports {
  /** Every answer carries a load report. */
  readonly inAnswers?: boolean;
  /** Each server reports its load to every balancer at this interval. */
  readonly everyMs?: number;
  /** A server that falls idle reports to one random balancer (join-idle-queue). */
  readonly whenIdle?: boolean;
  /** The window over which a server measures its utilization and rates. Default 1000. */
  readonly windowMs?: number;
}

export interface Measure {
  /** Interval of the time series. Default: 1000, or a sixtieth of the run when that is shorter than 20 s. */
  readonly seriesMs?: number;
  /** Time between samples of the queue lengths. Default: a tenth of `seriesMs`. */
  readonly sampleMs?: number;
  /** Whether each server has a latency histogram. Default: when there are at most 64 servers. */
  readonly perServer?: boolean;
}
