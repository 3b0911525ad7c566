// The status of the balancer and everything in it, as one object. The JSON API, the status page and the metrics all
// read this object, so that they cannot disagree.
import type { PickReason } from "@tandem/algorithms";
import type { BackendConfig, FrontendConfig } from "@tandem/config";
import type { Inspection, RefusalReason } from "@tandem/transport";
import { weigh } from "../balance/weigh.ts";
import { checksAlways, type HealthReport } from "../health/monitor.ts";
import { systemPartsOf } from "../health/system-parts.ts";
import { COUNTER, type Counter, REASON_COUNTERS, REFUSAL_COUNTERS } from "../memory/counters.ts";
import type { Tally } from "../memory/tally.ts";
import type { Server, ServerState } from "../server/server.ts";
import { type CertificateStatus, certificateStatus } from "./certificate-status.ts";
import { type ChainHealth, chainOf, healthOf, type Link, worstOf } from "./chain.ts";
import { edgeOf } from "./edge.ts";
import { type H2Status, h2ServerStatus, h2Status } from "./h2-status.ts";
import { type ListStatus, listStatus } from "./list-status.ts";
import type { Problem } from "./problem.ts";

export interface Counts {
  readonly sessions: number;
  readonly current: number;
  readonly queued: number;
  readonly requests: number;
  readonly responses: Readonly<Record<"1xx" | "2xx" | "3xx" | "4xx" | "5xx" | "other", number>>;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly requestErrors: number;
  readonly connectErrors: number;
  readonly responseErrors: number;
  readonly retries: number;
  readonly loadBalanced: number;
  readonly connects: number;
  readonly reuses: number;
  readonly idle: number;
  readonly clientAborts: number;
  readonly serverAborts: number;
  /** The average times per timed request since the balancer's start, in seconds. */
  readonly averages: Readonly<Record<"queue" | "connect" | "response" | "total", number>>;
}

export interface ServerStatus extends Counts {
  readonly name: string;
  readonly address: string;
  readonly state: ServerState;
  /**
   * Whether the server is up but reports that it cannot do all of its work. Such a server gets requests only while no
   * better server is up.
   */
  readonly degraded: boolean;
  /** The server's current weight; 0 while the server gets no requests. */
  readonly weight: number;
  /** The weight that is configured or set by the operator. */
  readonly userWeight: number;
  readonly backup: boolean;
  readonly inFlight: number;
  readonly maxConnections: number;
  /** The connections of HTTP/2 to the server. */
  readonly h2: { readonly openConnections: number; readonly totalConnections: number };
  readonly check: {
    /**
     * Whether the server is checked regularly, or a check of it has a result. False = nothing is known from checks, and
     * the server gets requests as long as no connection to it fails.
     */
    readonly checked: boolean;
    readonly status: string;
    readonly code: number;
    readonly durationSeconds: number;
    readonly why: string;
    readonly failures: number;
    readonly downs: number;
    readonly changedSecondsAgo: number;
    readonly downtimeSeconds: number;
  };
}

/** How many reloads of the configuration there were since the start of the process. */
export interface ReloadCounts {
  readonly done: number;
  readonly refused: number;
  /** The reason why the last reload was refused; empty when the last reload succeeded, and before the first reload. */
  readonly refusal: string;
}

export interface Status {
  readonly version: 1;
  readonly tier: "balancer";
  /** The site's name in the configuration file at the start; absent when a program embeds the balancer. */
  readonly site?: string | undefined;
  readonly box: string;
  readonly pid: number;
  /** The time at which this status was made, as ISO 8601 text. */
  readonly at: string;
  readonly uptimeSeconds: number;
  /**
   * Whether visitors get pages. down: they get none, because a part that pages need, such as the
   * servers or the database, does not work at all. degraded: they get pages, but something does not
   * work. unknown: no fault is known, but for at least one part neither a check nor a request has
   * shown yet that the part works. `backends[].chain` has the state of each part. `problems` lists
   * the faults, including certificates that no client accepts.
   */
  readonly health: ChainHealth;
  /**
   * Each part whose state is down, degraded or unknown, with the time and the reason; empty when everything is healthy.
   */
  readonly problems: readonly Problem[];
  /**
   * Whether the balancer is being stopped: requests in flight are finished, and each connection's next answer
   * is its last.
   */
  readonly draining: boolean;
  readonly threads: { readonly count: number; readonly deaths: number };
  readonly reloads: ReloadCounts;
  readonly frontends: readonly FrontendStatus[];
  readonly backends: readonly BackendStatus[];
  readonly certificates: readonly CertificateStatus[];
  /** The lists of revoked certificates with which frontends verify their clients. */
  readonly revocationLists: readonly ListStatus[];
}

export interface FrontendStatus extends Counts {
  readonly name: string;
  readonly mode: FrontendConfig["mode"];
  readonly bind: string;
  /**
   * The number of connections that were refused, by reason. Each of these connections is counted in `requestErrors`
   * too.
   */
  readonly refused: Readonly<Record<RefusalReason, number>>;
  /** HTTP/2 towards the frontend's clients. */
  readonly h2: H2Status;
}

export interface BackendStatus extends Counts {
  readonly name: string;
  readonly mode: BackendConfig["mode"];
  readonly algorithm: string;
  /**
   * How many times the algorithm chose a server, for each reason. `none` counts the times when the algorithm found no
   * server.
   */
  readonly reasons: Readonly<Record<PickReason, number>>;
  /** Whether health is ignored, because too few servers are up. */
  readonly panic: boolean;
  readonly activeServers: number;
  readonly backupServers: number;
  readonly servers: readonly ServerStatus[];
  /**
   * The backend's servers, and the parts that these servers need according to their own reports, such as a database.
   * The order is the order in which a request passes through them.
   */
  readonly chain: readonly Link[];
}

export interface BackendView {
  readonly name: string;
  readonly config: BackendConfig;
  readonly tally: Tally;
  readonly servers: readonly Server[];
  report(server: Server): HealthReport | undefined;
}

export interface FrontendView {
  readonly name: string;
  readonly config: FrontendConfig;
  readonly tally: Tally;
}

export interface StatusSource {
  readonly certificates: Inspection;
  readonly site?: string | undefined;
  readonly box: string;
  readonly draining: boolean;
  readonly startedAt: number;
  readonly now: number;
  readonly threads: Status["threads"];
  readonly reloads: ReloadCounts;
  readonly frontends: readonly FrontendView[];
  readonly backends: readonly BackendView[];
}

export function statusOf(source: StatusSource): Status {
  const { frontends, now, box } = source;
  const backends = source.backends.map((view) => backendStatus(view, box, now));
  const edge = edgeOf(frontends, source.certificates, now);
  return {
    version: 1,
    tier: "balancer",
    site: source.site,
    box: source.box,
    pid: process.pid,
    at: new Date(now).toISOString(),
    uptimeSeconds: Math.round((now - source.startedAt) / 1000),
    health: worstOf([edge.health, healthOf(backends.map(({ chain }) => chain))]),
    problems: [...edge.problems, ...backends.flatMap(problemsOf)],
    draining: source.draining,
    threads: source.threads,
    reloads: source.reloads,
    frontends: frontends.map(({ name, config, tally }) => ({
      name,
      mode: config.mode,
      bind: `${config.bind.host ?? "*"}:${config.bind.port}`,
      refused: refusals(tally),
      h2: h2Status(tally),
      ...counts(tally),
    })),
    backends,
    certificates: certificateStatus(source.certificates, now),
    revocationLists: listStatus(source.certificates, now),
  };
}

function refusals(tally: Tally): FrontendStatus["refused"] {
  const counted = Object.entries(REFUSAL_COUNTERS).map(([why, counter]) => [
    why,
    tally.sum(counter),
  ]);
  return Object.fromEntries(counted) as FrontendStatus["refused"];
}

function backendStatus(view: BackendView, box: string, now: number): BackendStatus {
  const { name, config, servers, tally } = view;
  const { servers: chosen, weights, panic } = weigh(servers, config, box, now);
  const checked = servers.map((server) => ({ server, report: view.report(server) }));
  const shares = new Map(chosen.map((server, index) => [server, weights[index] ?? 0]));
  const reasons = Object.entries(REASON_COUNTERS).map(([why, counter]) => [
    why,
    tally.sum(counter),
  ]);
  return {
    name,
    mode: config.mode,
    algorithm: config.balance.algorithm,
    reasons: Object.fromEntries(reasons) as BackendStatus["reasons"],
    panic,
    activeServers: servers.filter((server) => server.up && !server.backup).length,
    backupServers: servers.filter((server) => server.up && server.backup).length,
    servers: servers.map((server) =>
      serverStatus(server, config, view.report(server), shares.get(server) ?? 0, now),
    ),
    chain: chainOf(systemPartsOf(name, checked)),
    ...counts(tally),
  };
}

function problemsOf({ name: backend, chain }: BackendStatus): Problem[] {
  return chain
    .filter(({ state }) => state !== "up")
    .map(({ name, state, since, why }) => ({ frontend: "", backend, name, state, since, why }));
}

function serverStatus(
  server: Server,
  config: BackendConfig,
  report: HealthReport | undefined,
  weight: number,
  now: number,
): ServerStatus {
  const { last } = report ?? {};
  const checked = last !== undefined || checksAlways(config.check);
  return {
    name: server.name,
    address: `${server.address.host}:${server.address.port}`,
    state: server.state,
    degraded: server.degraded,
    weight: Math.round(weight * 1000) / 1000,
    userWeight: server.fullWeight,
    backup: server.backup,
    inFlight: server.inFlight,
    maxConnections: server.maxConnections,
    h2: h2ServerStatus(server.tally),
    check: {
      checked,
      status: last?.status ?? "UNK",
      code: last?.code ?? 0,
      durationSeconds: (last?.durationMs ?? 0) / 1000,
      why: last?.why ?? (checked ? "" : "not checked: the backend has no check"),
      failures: report?.failures ?? 0,
      downs: report?.downs ?? 0,
      changedSecondsAgo: Math.round((now - (report?.changedAt ?? now)) / 1000),
      downtimeSeconds: Math.round((report?.downtimeMs ?? 0) / 1000),
    },
    ...counts(server.tally),
  };
}

function counts(tally: Tally): Counts {
  const sum = (counter: Counter) => tally.sum(counter);
  const timed = sum(COUNTER.timed);
  const average = (counter: Counter) => (timed === 0 ? 0 : sum(counter) / timed / 1000);
  return {
    sessions: sum(COUNTER.sessions),
    current: sum(COUNTER.current),
    queued: sum(COUNTER.queued),
    requests: sum(COUNTER.requests),
    responses: {
      "1xx": sum(COUNTER.responses1xx),
      "2xx": sum(COUNTER.responses2xx),
      "3xx": sum(COUNTER.responses3xx),
      "4xx": sum(COUNTER.responses4xx),
      "5xx": sum(COUNTER.responses5xx),
      other: sum(COUNTER.responsesOther),
    },
    bytesIn: sum(COUNTER.bytesIn),
    bytesOut: sum(COUNTER.bytesOut),
    requestErrors: sum(COUNTER.requestErrors),
    connectErrors: sum(COUNTER.connectErrors),
    responseErrors: sum(COUNTER.responseErrors),
    retries: sum(COUNTER.retries),
    loadBalanced: sum(COUNTER.loadBalanced),
    connects: sum(COUNTER.connects),
    reuses: sum(COUNTER.reuses),
    idle: sum(COUNTER.idle),
    clientAborts: sum(COUNTER.clientAborts),
    serverAborts: sum(COUNTER.serverAborts),
    averages: {
      queue: average(COUNTER.queueTime),
      connect: average(COUNTER.connectTime),
      response: average(COUNTER.responseTime),
      total: average(COUNTER.totalTime),
    },
  };
}
