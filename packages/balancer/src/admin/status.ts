// What runs and how it does, as one object: the JSON API, the status page and the metrics all read it,
// so they cannot disagree.
import type { BackendConfig, FrontendConfig } from "@tandem/config";
import { COUNTER, type Counter } from "../backend/counters.ts";
import type { Server, ServerState } from "../backend/server.ts";
import type { Tally } from "../backend/tally.ts";
import type { HealthReport } from "../health/monitor.ts";

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
  /** Seconds on average, since the start. */
  readonly averages: Readonly<Record<"queue" | "connect" | "response" | "total", number>>;
}

export interface ServerStatus extends Counts {
  readonly name: string;
  readonly address: string;
  readonly state: ServerState;
  readonly weight: number;
  readonly backup: boolean;
  readonly inFlight: number;
  readonly maxConnections: number;
  readonly check: {
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

export interface Status {
  readonly version: 1;
  readonly tier: "balancer";
  readonly box: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
  /** healthy: every server up; degraded: some; down: a backend without any. */
  readonly health: "healthy" | "degraded" | "down";
  readonly threads: { readonly count: number; readonly deaths: number };
  readonly frontends: readonly ({ readonly name: string; readonly bind: string } & Counts)[];
  readonly backends: readonly ({
    readonly name: string;
    readonly algorithm: string;
    readonly activeServers: number;
    readonly backupServers: number;
    readonly servers: readonly ServerStatus[];
  } & Counts)[];
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
  readonly box: string;
  readonly startedAt: number;
  readonly now: number;
  readonly threads: Status["threads"];
  readonly frontends: readonly FrontendView[];
  readonly backends: readonly BackendView[];
}

export function statusOf(source: StatusSource): Status {
  const { frontends, now } = source;
  const backends = source.backends.map((view) => ({
    name: view.name,
    algorithm: view.config.balance.algorithm,
    activeServers: view.servers.filter((server) => server.up && !server.backup).length,
    backupServers: view.servers.filter((server) => server.up && server.backup).length,
    servers: view.servers.map((server) => serverStatus(server, view.report(server), now)),
    ...counts(view.tally),
  }));
  return {
    version: 1,
    tier: "balancer",
    box: source.box,
    pid: process.pid,
    uptimeSeconds: Math.round((now - source.startedAt) / 1000),
    health: overall(source.backends),
    threads: source.threads,
    frontends: frontends.map(({ name, config, tally }) => ({
      name,
      bind: `${config.bind.host ?? "*"}:${config.bind.port}`,
      ...counts(tally),
    })),
    backends,
  };
}

function overall(backends: readonly BackendView[]): Status["health"] {
  if (backends.some(({ servers }) => !servers.some((server) => server.up))) return "down";
  return backends.every(({ servers }) => servers.every((server) => server.up))
    ? "healthy"
    : "degraded";
}

function serverStatus(server: Server, report: HealthReport | undefined, now: number): ServerStatus {
  const { last } = report ?? {};
  return {
    name: server.name,
    address: `${server.address.host}:${server.address.port}`,
    state: server.state,
    weight: server.weight,
    backup: server.backup,
    inFlight: server.inFlight,
    maxConnections: server.maxConnections,
    check: {
      status: last?.status ?? "UNK",
      code: last?.code ?? 0,
      durationSeconds: (last?.durationMs ?? 0) / 1000,
      why: last?.why ?? "",
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
