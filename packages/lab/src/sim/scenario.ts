// A scenario says everything about a run except the algorithm and the seed. It is plain data that can be written as
// JSON, so a figure can carry the scenario it was made from. Times are in milliseconds, rates per second.
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
  /** How long requests under way may go on after `durationMs`. Default: the client's timeout, else 0. */
  readonly drainMs?: number;
  readonly traffic: OpenTraffic | ClosedTraffic;
  /**
   * The work of a request: milliseconds on an idle server of speed 1. It is drawn once per request, so a retry has as
   * much work as the first attempt.
   */
  readonly service: Distribution;
  readonly servers: readonly ServerGroup[];
  readonly balancers?: Balancers;
  readonly network?: NetworkDelays;
  readonly client?: ClientBehaviour;
  readonly health?: HealthChecks;
  /** How slow start treats servers that join or come back, by the balancer's own rule. */
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
 * A user asks, waits for the answer (or gives up), thinks, and asks again. Slow answers delay the
 * next requests. So when the servers are slow, a closed loop shows lower latencies than an open
 * loop.
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
  /**
   * How many workers the server has. With `fifo` each worker works on one request at a time. With
   * `sharing` all requests share the workers, which are processor cores. Default 1.
   */
  readonly workers?: number;
  /**
   * How requests share the server. `fifo`: requests wait in order until a worker is free.
   * `sharing`: all requests are worked on at once, and each gets one core at most. Default fifo.
   */
  readonly discipline?: "fifo" | "sharing";
  /** How fast the server works. At 0.5 a request takes twice as long. Default 1. */
  readonly speed?: number;
  /**
   * How many requests may wait on the server, in addition to those that its workers serve. A further request is
   * answered with 503. Default unlimited.
   */
  readonly queueLimit?: number;
  /**
   * The server's weight in the balancers' configuration. It may differ from `speed`, which is how fast the server
   * really is. Default 1.
   */
  readonly weight?: number;
  /** How many requests each balancer may have on this server at once. Default 0, which means unlimited. */
  readonly maxConnections?: number;
  /**
   * The queue for this server at each balancer. While the server is at `maxConnections`, requests
   * whose key belongs to this server wait in that queue. When the queue is full, or after the
   * timeout (default 5 s), a request may go to another server.
   */
  readonly balancerQueue?: { readonly limit: number; readonly timeoutMs?: number };
  /** The index of the server's zone. Default 0. */
  readonly zone?: number;
  /**
   * The server's priority level. Requests go to level 0 first, and to a higher level when servers of lower levels are
   * down.
   */
  readonly priority?: number;
  /** The server gets requests only while no other server is up. */
  readonly backup?: boolean;
  /** The balancers know the server from this time on. Default: from the start. */
  readonly joinsAtMs?: number;
}

export interface Balancers {
  /** How many balancers there are. Default 1. */
  readonly count?: number;
  /**
   * What a balancer knows of the servers' load. `local`: only its own requests. `shared`: the requests of all
   * balancers, without delay (like threads of one process). `board`: the true counts of the servers, refreshed every
   * `boardMs`. Default local.
   */
  readonly view?: "local" | "shared" | "board";
  readonly boardMs?: number;
  /** The share of all requests that each balancer gets, by the balancer's index. Default: equal shares. */
  readonly shares?: readonly number[];
  /** The zone of each balancer. Default: zone 0 for all. */
  readonly zones?: readonly number[];
  /** Each balancer uses only `size` servers, chosen by rendezvous hashing or by the rounds described in subset.ts. */
  readonly subset?: { readonly method: "rendezvous" | "rounds"; readonly size: number };
  /**
   * How a balancer with a `local` view prefers zones. `first`: the balancer's own zone gets all
   * requests that its healthy servers can take. `aware`: the own zone gets as many requests as it
   * has capacity for, and the other zones get the rest in proportion to the capacity that they have
   * left. Default: zones do not matter.
   */
  readonly zonePreference?: "first" | "aware";
  /** Settings of the rules that say which servers may be picked, such as panic. Default: the balancer's defaults. */
  readonly eligibility?: Partial<EligibilityOptions>;
  /**
   * How many requests may wait at a balancer while all servers that are up are full. Default 0: such a request is
   * refused at once.
   */
  readonly queueLimit?: number;
  /** How long a request may wait at a balancer. After that time the request is refused. Default 5000. */
  readonly queueTimeoutMs?: number;
}

export interface NetworkDelays {
  /** The round trip between a balancer and a server of one zone. Default 0. */
  readonly rttMs?: number;
  /** How much longer the round trip to another zone takes. Default 0. */
  readonly crossZoneMs?: number;
  /** The round trip of a probe. Default: `rttMs`. */
  readonly probeRttMs?: number;
  /** The share of the probes that get lost. Default 0. */
  readonly probeLoss?: number;
}

export interface ClientBehaviour {
  /** The client gives up this long after the arrival. The request is counted as one timeout. */
  readonly timeoutMs?: number;
  /** The balancer gives up an attempt after this time. */
  readonly attemptTimeoutMs?: number;
  readonly retries?: Retries;
  /** What a server does with a request that was given up: it finishes the work or drops it. Default finish. */
  readonly abandoned?: "finish" | "drop";
}

export interface Retries {
  /** How many more attempts a request may have after its first. */
  readonly max: number;
  readonly backoffMs?: number;
  /**
   * Whether the balancer's own retry budget limits the retries. Each balancer has one budget. Default false: no limit.
   */
  readonly budget?: boolean;
  /**
   * Which failures are tried again. `all`: every failure, including an error that a server answered
   * and an attempt that took too long. `served`: only refused and lost connections, which Tandem
   * retries by default. Tandem does not retry an answer of 5xx, and sends a slow request a second
   * time only where `hedge` is configured. Default all.
   */
  readonly failures?: "all" | "served";
}

export interface HealthChecks {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly rise: number;
  readonly fall: number;
  /** How long after a check's verdict the balancers act on it. Default 0. */
  readonly lagMs?: number;
  /** Whether checks detect a black hole (a server that fails every request). By default it passes its checks. */
  readonly seesBlackHoles?: boolean;
  /** Passive ejection: after `failures` failures in a row a balancer leaves the server out for `ejectMs`. */
  readonly ejection?: { readonly failures: number; readonly ejectMs: number };
}

export interface Keys {
  readonly count: number;
  /** The exponent of Zipf's law; 0 = all keys are equally popular. */
  readonly zipf: number;
  /** If given, the keys of the requests in the order of arrivals. After the last key the first key comes again. */
  readonly values?: readonly number[];
  /**
   * Gives each server an LRU cache with room for this share of all keys. A request whose key is in the cache costs only
   * `hitShare` of the work.
   */
  readonly cache?: { readonly share: number; readonly hitShare: number };
}

export interface LoadReports {
  /** Every answer carries a load report. */
  readonly inAnswers?: boolean;
  /** Each server reports its load to every balancer at this interval. */
  readonly everyMs?: number;
  /** A server that falls idle reports to one random balancer (join-idle-queue). */
  readonly whenIdle?: boolean;
  /** The window in which a server measures its utilization and rates. Default 1000. */
  readonly windowMs?: number;
}

export interface Measure {
  /** The interval of the time series. Default: see measure-times.ts. */
  readonly seriesMs?: number;
  /** The time between samples of the queue lengths. Default: a tenth of `seriesMs`. */
  readonly sampleMs?: number;
  /** Whether each server has a latency histogram. Default: when there are at most 64 servers. */
  readonly perServer?: boolean;
}
