// A scenario says everything about a run except the algorithm and the seed. It is plain data: it survives
// JSON, so a figure can carry the scenario it was made from. Times are milliseconds, rates per second.
import type { EligibilityOptions, SlowStart } from "@tandem/balancer/pickers";
import type { Arrivals } from "./arrivals.ts";
import type { Distribution } from "./distribution.ts";
import type { Fault } from "./fault.ts";

export interface Scenario {
  readonly name: string;
  /** Arrivals end here. */
  readonly durationMs: number;
  /** Requests that arrive before are simulated but not measured. Default 0. */
  readonly warmupMs?: number;
  /** How long what is under way at the end may still take. Default: the client's timeout, else 0. */
  readonly drainMs?: number;
  readonly traffic: OpenTraffic | ClosedTraffic;
  /** Work of a request in milliseconds on an idle server of speed 1; drawn per request, not per attempt. */
  readonly service: Distribution;
  readonly servers: readonly ServerGroup[];
  readonly balancers?: Balancers;
  readonly network?: NetworkDelays;
  readonly client?: ClientBehaviour;
  readonly health?: HealthChecks;
  /** For servers that join or come back; the balancer's own rule. */
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

/** A user asks, waits for the answer (or gives up), thinks, asks again. Its latencies are those of polite users. */
export interface ClosedTraffic {
  readonly kind: "closed";
  readonly users: number;
  readonly think: Distribution;
  /** The users' first requests are spread over this time. Default: the mean think time. */
  readonly rampMs?: number;
}

export interface ServerGroup {
  readonly count: number;
  /** Requests worked on at once (fifo), or cores shared by all (sharing). Default 1. */
  readonly workers?: number;
  /** `fifo`: the rest waits in order. `sharing`: processor sharing, none gets more than a core. Default fifo. */
  readonly discipline?: "fifo" | "sharing";
  /** Default 1; 0.5 takes twice as long. */
  readonly speed?: number;
  /** Requests that may be on the server beyond its workers; one more is answered 503. Default unlimited. */
  readonly queueLimit?: number;
  /** What the balancers believe. Default 1. */
  readonly weight?: number;
  /** The balancers' limit for each server. Default 0, unlimited. */
  readonly maxConnections?: number;
  /**
   * Requests that the algorithm keeps together wait at each balancer for this very server while it is at
   * `maxConnections`; beyond the limit, or after the timeout (default 5 s), they go elsewhere.
   */
  readonly balancerQueue?: { readonly limit: number; readonly timeoutMs?: number };
  /** Index of its zone. Default 0. */
  readonly zone?: number;
  /** Priority group; 0 is used first. */
  readonly priority?: number;
  /** Used only while no other is up. */
  readonly backup?: boolean;
  /** Only from here on it is a member. Default: from the start. */
  readonly joinsAtMs?: number;
}

export interface Balancers {
  /** Default 1. */
  readonly count?: number;
  /**
   * What a balancer knows of the servers' load. `local`: its own requests. `shared`: those of all balancers,
   * at once (threads of one process). `board`: the servers' true counts, but only every `boardMs`.
   * Default local.
   */
  readonly view?: "local" | "shared" | "board";
  readonly boardMs?: number;
  /** Share of the requests each gets; default equal. */
  readonly shares?: readonly number[];
  /** Zone of each; default 0. */
  readonly zones?: readonly number[];
  /** Each balancer uses only so many servers, chosen by rendezvous or by the SRE book's rounds. */
  readonly subset?: { readonly method: "rendezvous" | "rounds"; readonly size: number };
  /**
   * What zones mean to a balancer, with `local` views. `first`: its own takes all it can by its health.
   * `aware`: as much as its own has capacity for, the rest by what the others have left. Default: nothing.
   */
  readonly zonePreference?: "first" | "aware";
  /** Panic, overprovisioning, zone weights: what differs from the balancer's defaults. */
  readonly eligibility?: Partial<EligibilityOptions>;
  /** Requests that wait at a balancer while all servers that are up are full. Default 0: refused at once. */
  readonly queueLimit?: number;
  /** How long they do, at most; beyond it they are refused. Default 5000. */
  readonly queueTimeoutMs?: number;
}

export interface NetworkDelays {
  /** Round trip within a zone. Default 0. */
  readonly rttMs?: number;
  /** What another zone adds to it. */
  readonly crossZoneMs?: number;
  /** Round trip of a probe; default: `rttMs`. */
  readonly probeRttMs?: number;
  /** Share of the probes that get lost. Default 0. */
  readonly probeLoss?: number;
}

export interface ClientBehaviour {
  /** After this time since its arrival the client has gone; counted as a timeout, once. */
  readonly timeoutMs?: number;
  /** The balancer gives up an attempt after this time. */
  readonly attemptTimeoutMs?: number;
  readonly retries?: Retries;
  /** What a server does with a request nobody waits for any more. Default finish. */
  readonly abandoned?: "finish" | "drop";
}

export interface Retries {
  /** Attempts beyond the first. */
  readonly max: number;
  readonly backoffMs?: number;
  /** Bounded by the balancer's own budget for retries, one for each balancer. Default: no limit. */
  readonly budget?: boolean;
  /**
   * Which failures are tried again. `all`: every one, also an answer that says so, and an attempt that was given up
   * because it was late. `served`: those that Tandem by itself tries again, a refused or a lost connection; after an
   * answer of 5xx it does not, and a late one has a second try only where `hedge` is configured. Default all.
   */
  readonly failures?: "all" | "served";
}

export interface HealthChecks {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly rise: number;
  readonly fall: number;
  /** From a finding to the balancers acting on it. Default 0. */
  readonly lagMs?: number;
  /** A black hole answers its health page too, unless this says otherwise. */
  readonly seesBlackHoles?: boolean;
  /** Passive: so many failures in a row and this balancer leaves the server out for a while. */
  readonly ejection?: { readonly failures: number; readonly ejectMs: number };
}

export interface Keys {
  readonly count: number;
  /** Zipf exponent; 0 = all equally popular. */
  readonly zipf: number;
  /** The keys in the order of arrivals instead, again from the start after the last. */
  readonly values?: readonly number[];
  /** An LRU cache on each server, as a share of all keys; what it holds costs `hitShare` of the work. */
  readonly cache?: { readonly share: number; readonly hitShare: number };
}

export interface LoadReports {
  /** Load in every answer. */
  readonly inAnswers?: boolean;
  /** Load every so often, to every balancer. */
  readonly everyMs?: number;
  /** A server that falls idle tells one random balancer (join-idle-queue). */
  readonly whenIdle?: boolean;
  /** Window of a server's own utilization and rates. Default 1000. */
  readonly windowMs?: number;
}

export interface Measure {
  /** Length of an interval of the time series. Default: 1000, or a sixtieth of a run shorter than 20 s. */
  readonly seriesMs?: number;
  /** Distance of the samples of queue lengths. Default: a tenth of an interval. */
  readonly sampleMs?: number;
  /** Latency histogram per server. Default: with at most 64 servers. */
  readonly perServer?: boolean;
}
